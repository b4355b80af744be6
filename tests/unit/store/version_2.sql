BEGIN TRANSACTION;
CREATE TABLE "consensus" (
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "condition" TEXT,
   "source" TEXT,
   "verdict" TEXT,
   "activation" REAL,
   "valence" REAL,
   "dominance" REAL,
   PRIMARY KEY ("utterance_id", "condition", "source")
);
CREATE TABLE "corpus" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "root" TEXT NOT NULL,
   "importer" TEXT NOT NULL,
   "licence" TEXT,
   "scheme" TEXT NOT NULL,
   "classes" TEXT NOT NULL,
   "synthetic" INTEGER NOT NULL,
   "facts" TEXT,
   "imported_at" TEXT NOT NULL
);
INSERT INTO "corpus" VALUES(1,'tiny','/corpora/tiny','test 1',NULL,'tiny','["anger", "disgust", "fear", "happy", "neutral", "sad"]',0,'{"why": "test"}','2026-01-01T00:00:00+00:00');
INSERT INTO "corpus" VALUES(2,'twin','/corpora/tiny','test 1',NULL,'tiny','["anger", "disgust", "fear", "happy", "neutral", "sad"]',0,'{"why": "test"}','2026-01-01T00:00:00+00:00');
CREATE TABLE "face_track" (
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "detector" TEXT,
   "number" INTEGER DEFAULT 0,
   "version" INTEGER,
   "width" INTEGER,
   "height" INTEGER,
   "speaker_by" TEXT,
   "speaking" REAL,
   "times" BLOB,
   "boxes" BLOB,
   "scores" BLOB,
   "landmarks" BLOB,
   PRIMARY KEY ("utterance_id", "detector", "number")
);
INSERT INTO "face_track" VALUES(2,'mtcnn',0,1,640,360,'corpus',NULL,X'0000000000000000',X'00000000000000000000000000000000',X'00000000',X'00000000000000000000000000000000000000000000000000000000000000000000000000000000');
CREATE TABLE "label" (
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "condition" TEXT,
   "source" TEXT,
   "counts" BLOB NOT NULL,
   "votes" INTEGER NOT NULL,
   PRIMARY KEY ("utterance_id", "condition", "source")
);
INSERT INTO "label" VALUES(1,'intended','test 1',X'010000000000000000000000000000000000000000000000',1);
INSERT INTO "label" VALUES(2,'intended','test 1',X'000000000100000000000000000000000000000000000000',1);
INSERT INTO "label" VALUES(3,'intended','test 1',X'000000000000000001000000000000000000000000000000',1);
INSERT INTO "label" VALUES(4,'intended','test 1',X'000000000000000000000000010000000000000000000000',1);
INSERT INTO "label" VALUES(2,'voice','votes.csv',X'000000000200000000000000000000000100000000000000',3);
INSERT INTO "label" VALUES(2,'voice','ratings/blind',X'000000000000000000000000000000000000000001000000',1);
INSERT INTO "label" VALUES(5,'intended','test 1',X'010000000000000000000000000000000000000000000000',1);
INSERT INTO "label" VALUES(6,'intended','test 1',X'000000000100000000000000000000000000000000000000',1);
INSERT INTO "label" VALUES(7,'intended','test 1',X'000000000000000001000000000000000000000000000000',1);
INSERT INTO "label" VALUES(8,'intended','test 1',X'000000000000000000000000010000000000000000000000',1);
INSERT INTO "label" VALUES(6,'voice','votes.csv',X'000000000200000000000000000000000100000000000000',3);
INSERT INTO "label" VALUES(6,'voice','ratings/blind',X'000000000000000000000000000000000000000001000000',1);
INSERT INTO "label" VALUES(2,'av','ratings/blind',X'000000000000000000000000010000000000000000000000',1);
INSERT INTO "label" VALUES(3,'face','ratings/in sight',X'010000000000000000000000000000000000000000000000',1);
CREATE TABLE "net" (
   "id" INTEGER PRIMARY KEY,
   "corpus_id" INTEGER NOT NULL REFERENCES "corpus"("id"),
   "recipe" TEXT NOT NULL,
   "labels" TEXT NOT NULL,
   "classes" TEXT NOT NULL,
   "config" TEXT NOT NULL,
   "seed" INTEGER NOT NULL,
   "folds" INTEGER,
   "data_hash" TEXT,
   "code_version" TEXT,
   "weights" TEXT,
   "sha256" TEXT,
   "status" TEXT NOT NULL,
   "history" TEXT,
   "parent_id" INTEGER REFERENCES "net"("id"),
   "seconds" REAL,
   "created_at" TEXT NOT NULL
);
INSERT INTO "net" VALUES(1,1,'schmitz2022','av','[["neutral", "happy"], [[4], [3]]]','{"a": 1}',0,1,'h','0.1','nets/x','00','trained','[[{"epoch": 1}]]',NULL,0.0,'2026-01-01');
CREATE TABLE "note" (
   "id" INTEGER PRIMARY KEY,
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "flag" INTEGER,
   "text" TEXT,
   "author" TEXT,
   "created_at" TEXT
);
INSERT INTO "note" VALUES(1,3,1,'','me','2026-01-01');
CREATE TABLE "overruled" (
   "rating_id" INTEGER PRIMARY KEY REFERENCES "rating"("id")
);
CREATE TABLE "prediction" (
   "net_id" INTEGER REFERENCES "net"("id"),
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "part" TEXT NOT NULL,
   "probabilities" BLOB NOT NULL,
   PRIMARY KEY ("net_id", "utterance_id")
);
INSERT INTO "prediction" VALUES(1,2,'test',X'0000803E0000403F');
INSERT INTO "prediction" VALUES(1,1,'train',X'0000003F0000003F');
CREATE TABLE "rater" (
   "id" INTEGER PRIMARY KEY,
   "code" TEXT NOT NULL,
   "kind" TEXT,
   "gender" TEXT,
   "age" INTEGER
);
INSERT INTO "rater" VALUES(1,'zoe','imported',NULL,NULL);
INSERT INTO "rater" VALUES(2,'me','human',NULL,NULL);
CREATE TABLE "rating" (
   "id" INTEGER PRIMARY KEY,
   "uuid" TEXT NOT NULL,
   "utterance_id" INTEGER NOT NULL REFERENCES "utterance"("id"),
   "rater_id" INTEGER NOT NULL REFERENCES "rater"("id"),
   "condition" TEXT NOT NULL,
   "votes" TEXT NOT NULL,
   "intensity" INTEGER,
   "activation" REAL,
   "valence" REAL,
   "dominance" REAL,
   "confidence" INTEGER,
   "first_answer" TEXT,
   "response_ms" INTEGER,
   "replays" INTEGER,
   "session_id" INTEGER REFERENCES "session"("id"),
   "prediction_visible" INTEGER,
   "supersedes" TEXT,
   "undoes" TEXT,
   "created_at" TEXT NOT NULL
, secondary TEXT, comment TEXT);
INSERT INTO "rating" VALUES(1,'r1',2,1,'voice','["anger"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,'2020-01-01T00:00:00.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(2,'r2',2,1,'voice','["sad"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,'r1',NULL,'2020-01-02T00:00:00.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(3,'r1',6,1,'voice','["anger"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,NULL,NULL,'2020-01-01T00:00:00.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(4,'r2',6,1,'voice','["sad"]',NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,0,'r1',NULL,'2020-01-02T00:00:00.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(5,'00000000-0000-0000-0000-000000000001',2,2,'av','["happy"]',40,NULL,NULL,NULL,NULL,'happy',NULL,0,NULL,0,NULL,NULL,'2026-01-01T10:00:10.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(6,'00000000-0000-0000-0000-000000000002',2,2,'av','["sad", "fear"]',NULL,NULL,NULL,NULL,NULL,'sad',NULL,0,NULL,1,'00000000-0000-0000-0000-000000000001',NULL,'2026-01-01T10:00:11.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(7,'00000000-0000-0000-0000-000000000003',2,2,'av','["happy"]',40,NULL,NULL,NULL,NULL,'happy',NULL,0,NULL,0,'00000000-0000-0000-0000-000000000002','00000000-0000-0000-0000-000000000002','2026-01-01T10:00:12.000+00:00',NULL,NULL);
INSERT INTO "rating" VALUES(8,'00000000-0000-0000-0000-000000000004',3,2,'face','["anger"]',NULL,NULL,NULL,NULL,NULL,'anger',NULL,0,NULL,1,NULL,NULL,'2026-01-01T10:00:13.000+00:00',NULL,NULL);
CREATE TABLE "session" (
   "id" INTEGER PRIMARY KEY,
   "rater_id" INTEGER REFERENCES "rater"("id"),
   "plan" TEXT,
   "seed" INTEGER,
   "queue" TEXT,
   "position" INTEGER,
   "created_at" TEXT
, uuid TEXT);
INSERT INTO "session" VALUES(1,1,'{}',7,'[]',0,'2026-01-01','51763035-a77a-5bbe-a87a-5d80f177c0b7');
CREATE TABLE "speaker" (
   "id" INTEGER PRIMARY KEY,
   "corpus_id" INTEGER NOT NULL REFERENCES "corpus"("id"),
   "code" TEXT NOT NULL,
   "gender" TEXT,
   "age" INTEGER,
   "race" TEXT,
   "ethnicity" TEXT
);
INSERT INTO "speaker" VALUES(1,1,'ann','female',31,NULL,NULL);
INSERT INTO "speaker" VALUES(2,1,'bob','male',NULL,NULL,NULL);
INSERT INTO "speaker" VALUES(3,2,'ann','female',31,NULL,NULL);
INSERT INTO "speaker" VALUES(4,2,'bob','male',NULL,NULL,NULL);
CREATE TABLE "utterance" (
   "id" INTEGER PRIMARY KEY,
   "corpus_id" INTEGER NOT NULL REFERENCES "corpus"("id"),
   "code" TEXT NOT NULL,
   "speaker_id" INTEGER NOT NULL REFERENCES "speaker"("id"),
   "dialogue" TEXT,
   "turn" INTEGER,
   "start" REAL,
   "end" REAL,
   "audio" TEXT,
   "video" TEXT,
   "face_region" TEXT NOT NULL,
   "transcript" TEXT,
   "split" TEXT,
   "fold" INTEGER,
   "media_state" TEXT NOT NULL
, defect TEXT);
INSERT INTO "utterance" VALUES(1,1,'u0',2,'d1',0,0.0,0.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(2,1,'u1',1,'d1',1,1.0,1.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(3,1,'u2',2,'d1',2,2.0,2.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(4,1,'u3',1,'d1',3,3.0,3.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(5,2,'u0',4,'d1',0,0.0,0.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(6,2,'u1',3,'d1',1,1.0,1.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(7,2,'u2',4,'d1',2,2.0,2.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
INSERT INTO "utterance" VALUES(8,2,'u3',3,'d1',3,3.0,3.5,'a.wav','a.mp4','full','Hello there',NULL,NULL,'ok',NULL);
CREATE VIRTUAL TABLE utterance_text USING fts5 (code, transcript, content='utterance', content_rowid='id', tokenize='trigram');
INSERT INTO utterance_text (utterance_text) VALUES ('rebuild');
CREATE TABLE "word" (
   "utterance_id" INTEGER REFERENCES "utterance"("id"),
   "position" INTEGER,
   "text" TEXT,
   "start" REAL,
   "end" REAL,
   PRIMARY KEY ("utterance_id", "position")
);
INSERT INTO "word" VALUES(1,0,'Hello',0.0,0.2);
INSERT INTO "word" VALUES(1,1,'there',0.2,0.5);
INSERT INTO "word" VALUES(2,0,'Hello',1.0,1.2);
INSERT INTO "word" VALUES(2,1,'there',1.2,1.5);
INSERT INTO "word" VALUES(3,0,'Hello',2.0,2.2);
INSERT INTO "word" VALUES(3,1,'there',2.2,2.5);
INSERT INTO "word" VALUES(4,0,'Hello',3.0,3.2);
INSERT INTO "word" VALUES(4,1,'there',3.2,3.5);
INSERT INTO "word" VALUES(5,0,'Hello',0.0,0.2);
INSERT INTO "word" VALUES(5,1,'there',0.2,0.5);
INSERT INTO "word" VALUES(6,0,'Hello',1.0,1.2);
INSERT INTO "word" VALUES(6,1,'there',1.2,1.5);
INSERT INTO "word" VALUES(7,0,'Hello',2.0,2.2);
INSERT INTO "word" VALUES(7,1,'there',2.2,2.5);
INSERT INTO "word" VALUES(8,0,'Hello',3.0,3.2);
INSERT INTO "word" VALUES(8,1,'there',3.2,3.5);
CREATE UNIQUE INDEX "idx_corpus_name"
    ON "corpus" ("name");
CREATE UNIQUE INDEX "idx_speaker_corpus_id_code"
    ON "speaker" ("corpus_id", "code");
CREATE UNIQUE INDEX "idx_utterance_corpus_id_code"
    ON "utterance" ("corpus_id", "code");
CREATE INDEX "idx_utterance_corpus_id_dialogue_turn"
    ON "utterance" ("corpus_id", "dialogue", "turn");
CREATE UNIQUE INDEX "idx_rater_code"
    ON "rater" ("code");
CREATE INDEX "idx_rating_utterance_id_condition"
    ON "rating" ("utterance_id", "condition");
CREATE INDEX "idx_rating_supersedes"
    ON "rating" ("supersedes");
CREATE INDEX "idx_rating_undoes"
    ON "rating" ("undoes");
CREATE TRIGGER rating_no_delete BEFORE DELETE ON rating BEGIN SELECT RAISE(ABORT, 'ratings are append only'); END;
CREATE INDEX "idx_note_utterance_id"
    ON "note" ("utterance_id");
CREATE UNIQUE INDEX "idx_rating_uuid_utterance_id"
    ON "rating" ("uuid", "utterance_id");
CREATE TRIGGER rating_no_update BEFORE UPDATE ON rating BEGIN SELECT RAISE(ABORT, 'ratings are append only'); END;
CREATE UNIQUE INDEX "idx_session_uuid"
    ON "session" ("uuid");
CREATE TRIGGER session_uuid AFTER INSERT ON session WHEN new.uuid IS NULL BEGIN UPDATE session SET uuid = lower(hex(randomblob(16))) WHERE id = new.id; END;
CREATE TRIGGER utterance_text_insert AFTER INSERT ON utterance BEGIN INSERT INTO utterance_text (rowid, code, transcript) VALUES (new.id, new.code, new.transcript); END;
CREATE TRIGGER utterance_text_delete AFTER DELETE ON utterance BEGIN INSERT INTO utterance_text (utterance_text, rowid, code, transcript) VALUES ('delete', old.id, old.code, old.transcript); END;
CREATE TRIGGER utterance_text_update AFTER UPDATE OF code, transcript ON utterance BEGIN INSERT INTO utterance_text (utterance_text, rowid, code, transcript) VALUES ('delete', old.id, old.code, old.transcript); INSERT INTO utterance_text (rowid, code, transcript) VALUES (new.id, new.code, new.transcript); END;
COMMIT;
PRAGMA user_version = 2;

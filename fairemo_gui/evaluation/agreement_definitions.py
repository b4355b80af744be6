"""What every number about raters means, in one sentence, with formula and source."""

from __future__ import annotations

from fairemo_gui.evaluation.definitions import Definition

_KRIPPENDORFF = "Krippendorff 2011, Computing Krippendorff's Alpha-Reliability"

AGREEMENT_DEFINITIONS: dict[str, Definition] = {
    "alpha_nominal": Definition(
        "Krippendorff's α",
        "1 − observed over expected disagreement of votes on one utterance; every vote weighs alike, and utterances "
        "with fewer than two votes are left out.",
        "1 − D_o / D_e",
        _KRIPPENDORFF,
    ),
    "alpha_ordinal": Definition(
        "α, ordinal",
        "The same for ratings on a scale of which only the order counts: two ratings differ by the squared number of "
        "ratings that lie between them.",
        "1 − D_o / D_e with squared differences of mid-ranks",
        _KRIPPENDORFF,
    ),
    "alpha_interval": Definition(
        "α, interval",
        "The same for ratings on a scale with even steps: two ratings differ by their squared distance.",
        "1 − D_o / D_e with squared distances",
        _KRIPPENDORFF,
    ),
    "fleiss": Definition(
        "Fleiss' κ",
        "Share of agreeing pairs of votes, averaged over utterances, beyond what the votes' overall shares would give; "
        "utterances may differ in their number of votes and count alike.",
        "(P̄ − Σ p_k²) / (1 − Σ p_k²)",
        "Fleiss 1971, Psychological Bulletin 76; Fleiss, Levin & Paik 2003, §18.3, for unequal numbers",
    ),
    "cohen": Definition(
        "Cohen's κ",
        "Share of utterances with the same class (a condition's plurality, first class on ties, or a rater's answer), "
        "beyond what both sides' own shares would give.",
        "(p_o − Σ p_k q_k) / (1 − Σ p_k q_k)",
        "Cohen 1960, Educational and Psychological Measurement 20",
    ),
    "ccc": Definition(
        "CCC",
        "Concordance of two conditions' mean ratings of an utterance: 1 where both are the same number, lower the less "
        "they move together and the further apart they lie.",
        "2 cov / (var₁ + var₂ + (mean₁ − mean₂)²), population statistics",
        "Lin 1989, Biometrics 45",
    ),
    "mean_cohen": Definition(
        "Mean κ of pairs",
        "Plain mean of Cohen's κ over every two raters that share enough utterances; the pairs stay, speakers are "
        "drawn.",
        "mean_{i<j} κ_ij",
        "Light 1971, Psychological Bulletin 76",
    ),
    "rate": Definition(
        "Rate",
        "Share of ratings that name an emotion, by gender of the rater and of the speaker.",
        "P(k named | rater, speaker)",
        "–",
    ),
    "intended": Definition(
        "Agrees with intended", "Share of ratings that name what the actor was asked for.", "P(y named)", "–"
    ),
    "others": Definition(
        "Agrees with the others",
        "Share of ratings that name what most other raters of the utterance named in the same condition; where those "
        "tie, or are none, the rating is left out.",
        "P(argmax_k (votes_k − own_k) named)",
        "–",
    ),
    "interaction": Definition(
        "Own gender",
        "Difference of differences: male − female speakers as men rate them, minus the same as women rate them; "
        "positive where raters give more to speakers of their own gender. How speakers differ, and how raters differ, "
        "cancels out.",
        "(m̄_mm − m̄_mf) − (m̄_fm − m̄_ff)",
        "–",
    ),
    "rater_interval": Definition(
        "Interval over raters and speakers",
        "Raters and speakers are both drawn with replacement, within their genders; distances are measured in standard "
        "errors that allow for ratings of one rater, and of one speaker, being alike.",
        "[θ − t*(97.5 %) s, θ − t*(2.5 %) s], s² = max(V_r + V_s − V_rs, V_r, V_s)",
        "Owen 2007, Annals of Applied Statistics 1; Cameron, Gelbach & Miller 2011, JBES 29; MacKinnon, Nielsen & Webb "
        "2021, JBES 39",
    ),
}

"""Everything that can be done in the window, as actions with their keys: menus, toolbar and key sheet list them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from fairemo_gui.gui import theme
from fairemo_gui.gui.settings import ThemeChoice

FILE, EDIT, VIEW, PLAYBACK, RATE, CHARTS, MODELS, WINDOW, HELP = (
    "File", "Edit", "View", "Playback", "Rate", "Charts", "Models", "Window", "Help",
)  # fmt: skip
MENUS = (FILE, EDIT, VIEW, PLAYBACK, RATE, CHARTS, MODELS, WINDOW, HELP)
NUMBER_KEYS = 9


class Actions(QObject):
    """The window's own actions; the player brings its own.

    An action is one attribute here, in one menu, with at most one key.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._menus: dict[str, list[QAction | None]] = {menu: [] for menu in MENUS}
        self._icons: dict[QAction, str] = {}
        self._make_file()
        self._make_edit()
        self._make_view()
        self._make_rate()
        self._make_charts_and_models()
        self._make_window_and_help()

    def in_menu(self, menu: str) -> list[QAction | None]:
        """Actions of a menu in order; None = a separator."""
        return self._menus[menu]

    def every(self) -> Iterator[tuple[str, QAction]]:
        """Each action with its menu."""
        for menu, actions in self._menus.items():
            yield from ((menu, action) for action in actions if action is not None)

    def add_player(self, actions: list[QAction]) -> None:
        """List the player's own actions under Playback."""
        self._menus[PLAYBACK] = [*actions, None, *self._menus[PLAYBACK]]

    def retheme(self) -> None:
        """Draw the icons again in the colours in force."""
        for action, icon in self._icons.items():
            action.setIcon(theme.icon(icon))

    def _make_file(self) -> None:
        self.open = self._add(FILE, "open", "Open workspace…", "Ctrl+O", "database")
        self.demo = self._add(FILE, "demo", "Make the demo workspace…")
        self.rescue = self._add(FILE, "rescue", "Rescue a damaged workspace…")
        self._rule(FILE)
        self.import_corpus = self._add(FILE, "import_corpus", "Import…", "Ctrl+I", "download-simple")
        self.import_ratings = self._add(FILE, "import_ratings", "Import ratings…", "Ctrl+Shift+I")
        self.merge_ratings = self._add(FILE, "merge_ratings", "Merge ratings of others…")
        self.locate = self._add(FILE, "locate", "Locate corpus…")
        self._rule(FILE)
        self.export_table = self._add(FILE, "export_table", "Export table…", "Ctrl+E", "export")
        self.export_corpus = self._add(FILE, "export_corpus", "Export corpus…", "Ctrl+Alt+E")
        self.export_ratings = self._add(FILE, "export_ratings", "Export ratings…")
        self.report = self._add(FILE, "report", "Report…", "Ctrl+Shift+R", "file-text")
        self.report_shown = self._add(FILE, "report_shown", "Report on what the table shows…", "Ctrl+Alt+R")
        self._rule(FILE)
        self.settings = self._add(FILE, "settings", "Settings…", "Ctrl+,", "gear")
        self.quit = self._add(FILE, "quit", "Quit", "Ctrl+Q")

    def _make_edit(self) -> None:
        self.undo = self._add(EDIT, "undo_rating", "Undo the newest rating", "Ctrl+Z", "arrow-u-up-left")
        self.flag = self._add(EDIT, "flag", "Flag or unflag", "F", "flag")
        self._rule(EDIT)
        self.find = self._add(EDIT, "find", "Filter", "Ctrl+F", "funnel-simple")
        self.clear_filter = self._add(EDIT, "clear_filter", "Clear the filter", "Ctrl+Shift+F")
        self.back = self._add(EDIT, "filter_back", "Filter before this one", "Alt+Left", "arrow-left")
        self.forward = self._add(EDIT, "filter_forward", "Filter after this one", "Alt+Right", "arrow-right")

    def _make_view(self) -> None:
        self.analyse = self._add(VIEW, "analyse", "Analyse", "Ctrl+1", checkable=True)
        self.annotate = self._add(VIEW, "annotate", "Annotate", "Ctrl+2", "ear")
        self.organise = self._add(VIEW, "organise", "Organise ratings", "Ctrl+3", "users", checkable=True)
        self.compare = self._add(VIEW, "compare", "Compare", "Ctrl+4", checkable=True)
        self._group(self.analyse, self.organise, self.compare)
        self._rule(VIEW)
        self.charts_layout = self._add(
            VIEW, "charts_layout", "Several charts, small player", "F8", "layout", checkable=True
        )
        self.reset_layout = self._add(VIEW, "reset_layout", "Default layout")
        self.save_view = self._add(VIEW, "save_view", "Save this view", "Ctrl+Shift+S")
        self._rule(VIEW)
        self.themes = {
            ThemeChoice.SYSTEM: self._add(VIEW, "theme_system", "Colours of the system", checkable=True),
            ThemeChoice.DARK: self._add(VIEW, "theme_dark", "Dark", checkable=True),
            ThemeChoice.LIGHT: self._add(VIEW, "theme_light", "Light", checkable=True),
        }
        self._group(*self.themes.values())

    def _make_rate(self) -> None:
        self.previous = self._add(PLAYBACK, "previous", "Previous utterance", "Ctrl+Left", "skip-back")
        self.next = self._add(PLAYBACK, "next", "Next utterance", "Ctrl+Right", "skip-forward")
        self.review = self._add(PLAYBACK, "review", "Review what the table shows", "Shift+R", "queue")
        self.by_voice = self._add(RATE, "by_voice", "Go by the voice", "Alt+1", "ear")
        self.by_face = self._add(RATE, "by_face", "Go by the face", "Alt+2", "user-focus")
        self.by_av = self._add(RATE, "by_av", "Go by voice and face", "Alt+3", "video-camera")
        self._rule(RATE)
        self.numbers = [self._add(RATE, f"rate_{k}", f"Emotion {k}", str(k)) for k in range(1, NUMBER_KEYS + 1)]
        self._rule(RATE)
        self.adjudicate = self._add(RATE, "adjudicate", "Adjudicate…")
        self.decide = self._add(RATE, "decide", "Decide the label", "Ctrl+D")
        self.rating_plan = self._add(RATE, "rating_plan", "Rating plan…", "", "clipboard-text")
        self._rule(RATE)
        self.predictions = self._add(RATE, "predictions", "Show predictions", "P", "eye", checkable=True)
        self.blind = self._add(RATE, "blind", "Hide what others said until I have rated", "B", checkable=True)
        self.blind.setToolTip(
            f"{self.blind.text()}, in Labels, the table and the charts’ marks. Nothing but the clip is in Annotate. (B)"
        )

    def _make_charts_and_models(self) -> None:
        self.worst = self._add(CHARTS, "worst", "To the largest error of the worse-served group", "E")
        self._rule(CHARTS)
        self.all_or_selection = self._add(CHARTS, "all_or_selection", "All or selection", "S")
        self.soft = self._add(CHARTS, "soft", "Hard or soft truth", "Shift+S")
        self._rule(CHARTS)
        self.copy_chart = self._add(CHARTS, "copy_chart", "Copy the chart", "Ctrl+Shift+C")
        self.export_chart = self._add(CHARTS, "export_chart", "Export the chart…", "Ctrl+Shift+E", "export")
        self.extract = self._add(MODELS, "extract", "Extract…", "Ctrl+Shift+X", "cpu")
        self.train = self._add(MODELS, "train", "Train…", "Ctrl+T")
        self.predict = self._add(MODELS, "predict", "Predict…", "Ctrl+P", "cpu")
        self._rule(MODELS)
        self.retrain = self._add(MODELS, "retrain", "Retrain and compare", "Ctrl+R", "arrows-clockwise")

    def _make_window_and_help(self) -> None:
        self.messages = self._add(WINDOW, "messages", "Messages", "Ctrl+M", "info")
        self._rule(WINDOW)
        self.keys = self._add(HELP, "keys", "Keys", "?", "keyboard")
        self.about = self._add(HELP, "about", "About")

    def _add(
        self, menu: str, name: str, text: str, key: str = "", icon: str = "", *, checkable: bool = False
    ) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(name)
        # Qt strips a trailing ellipsis for tool buttons; it says that a question follows.
        action.setIconText(text)
        action.setCheckable(checkable)
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setToolTip(f"{text} ({QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)})")
        if icon:
            self._icons[action] = icon
            action.setIcon(theme.icon(icon))
        self._window.addAction(action)
        self._menus[menu].append(action)
        return action

    def _rule(self, menu: str) -> None:
        self._menus[menu].append(None)

    def _group(self, *actions: QAction) -> None:
        group = QActionGroup(self)
        for action in actions:
            group.addAction(action)

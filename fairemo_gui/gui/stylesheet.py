"""The one style sheet, formatted from the tokens of a theme. What the palette can say is left to the palette."""

TEMPLATE = """\
* {{ outline: none; }}
QToolTip {{ color: {text}; background: {ctl}; border: 1px solid {cline}; padding: 4px 6px; }}
QMainWindow::separator {{ background: {win}; width: 1px; height: 1px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QSplitter::handle {{ background: {win}; }}
QMenuBar {{ background: {chrome}; padding: 2px 8px; }}
QMenuBar::item {{ padding: 3px 8px; border-radius: 4px; }}
QMenuBar::item:selected {{ background: {ctlhi}; }}
QMenu {{ background: {ctl}; border: 1px solid {cline}; padding: 4px; }}
QMenu::item {{ padding: 4px 20px 4px 8px; border-radius: 4px; }}
QMenu::item:selected {{ background: {sel}; }} QMenu::item:disabled {{ color: {text3}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 0; }}
QToolBar {{ background: {chrome}; border: none; border-bottom: 1px solid {line}; spacing: 4px; padding: 0 8px; }}
QStatusBar {{ background: {chrome}; border-top: 1px solid {line}; color: {text2}; font-size: 11px; }}
QStatusBar::item {{ border: none; }}
QToolButton, QPushButton {{ border: 1px solid transparent; border-radius: 4px; padding: 3px 8px; color: {text}; }}
QToolButton {{ background: transparent; padding: 3px; }}
QPushButton {{ background: {ctl}; border-color: {cline}; min-height: 18px; }}
QToolButton:hover, QPushButton:hover {{ background: {ctlhi}; }}
QToolButton:checked, QPushButton:checked {{ background: {sel}; border-color: {accent}; }}
QToolButton:disabled, QPushButton:disabled {{ color: {text3}; }}
QToolButton:focus, QPushButton:focus {{ border: 2px solid {accent}; padding: 2px; }}
QPushButton:focus {{ padding: 2px 7px; }}
QPushButton[role="plain"], QToolButton[role="plain"] {{ background: transparent; border-color: transparent; }}
QPushButton[role="plain"]:hover {{ background: {ctlhi}; }}
QPushButton[role="primary"] {{ background: {fill}; color: {on_fill}; border-color: {fill}; font-weight: 600; }}
QPushButton[role="primary"]:disabled {{ background: {ctl}; color: {text3}; border-color: {cline}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {{ background: {ctl}; border: 1px solid {edge};
  border-radius: 4px; padding: 3px 7px; selection-background-color: {sel}; selection-color: {text}; }}
QComboBox {{ border-color: {cline}; padding-right: 0; }}
QComboBox:hover {{ background: {ctlhi}; }}
QComboBox:disabled {{ color: {text3}; }}
QComboBox::drop-down {{ border: none; width: 18px; }}
QComboBox QAbstractItemView {{ background: {ctl}; border: 1px solid {cline}; padding: 2px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
  border: 2px solid {accent}; padding: 2px 6px; }}
QComboBox:focus {{ padding-right: 0; }}
QHeaderView, QHeaderView::section {{ background: {chrome}; color: {text2}; font-size: 11px; font-weight: 500; }}
QHeaderView::section {{ border: none; border-bottom: 1px solid {line}; padding: 0 6px; height: 25px; }}
QAbstractItemView {{ border: none; }}
QAbstractItemView::item:selected {{ background: {sel}; color: {text}; }}
QTabWidget::pane {{ border: none; background: {panel}; }}
QTabBar {{ background: {chrome}; }}
QTabBar::tab {{ background: {chrome}; color: {text2}; border: none; border-top: 2px solid transparent;
  padding: 0 10px; height: 26px; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ background: {panel}; color: {text}; border-top-color: {accent}; font-weight: 600; }}
QTabBar::tab:focus {{ border: 2px solid {accent}; padding: 0 8px; height: 24px; }}
QProgressBar {{ background: {line}; border: none; border-radius: 2px; max-height: 3px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QScrollBar {{ background: transparent; }}
QScrollBar:vertical {{ width: 10px; }} QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {cline}; border-radius: 4px; min-width: 24px; min-height: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {edge}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none; width: 0; height: 0; }}
QSlider::groove:horizontal {{ background: {cline}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; height: 4px; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {panel}; border: 2px solid {accent}; width: 10px; height: 10px;
  margin: -5px 0; border-radius: 7px; }}
QSlider::sub-page:horizontal:disabled {{ background: {edge}; }}
QSlider::handle:horizontal:disabled {{ border-color: {edge}; }}
QSlider::handle:horizontal:focus {{ background: {accent}; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px; border: 1px solid {edge};
  background: {ctl}; }}
QCheckBox::indicator {{ border-radius: 3px; }} QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator:checked {{ background: {fill}; border-color: {fill}; image: url("{icons}/check.svg"); }}
QRadioButton::indicator:checked {{ background: {fill}; border-color: {fill}; image: url("{icons}/dot.svg"); }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border: 2px solid {accent}; width: 12px; height: 12px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ border: none;
  width: 16px; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {{ image: url("{icons}/up-{name}.svg"); width: 8px; height: 5px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QComboBox::down-arrow {{ image: url("{icons}/down-{name}.svg");
  width: 10px; height: 6px; }}
"""

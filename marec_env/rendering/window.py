"""A window that shows scenes, one after the other, where there is a display."""

from typing import Any

import gymnasium

from . import picture
from .canvas import library
from .scene import Scene

WITHOUT_WINDOWS = {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}  # backends of matplotlib
NO_WINDOW = (
    "render_mode 'human' needs a display and a matplotlib backend that opens windows, got {}: "
    "nothing is shown; 'rgb_array' and 'ansi' need neither"
)


class Window:
    """Opens with the first scene; where there can be none, one warning says so."""

    def __init__(self, seconds: float):
        """Shows every scene for `seconds`.

        Raises:
            ImportError: if matplotlib is not installed.
        """
        library()
        self._seconds = seconds
        self._figure: Any = None
        self._is_possible = True

    def show(self, scene: Scene) -> None:
        """Shows `scene` in place of the one before; opens the window again if it was closed."""
        from matplotlib import pyplot as plt

        if self._is_possible and not (self._figure and plt.fignum_exists(self._figure.number)):
            self._figure = self._opened()
        if self._figure is not None:
            with picture.plain():
                picture.draw(self._figure, scene)
                self._figure.canvas.draw_idle()
                self._figure.canvas.start_event_loop(self._seconds)

    def close(self) -> None:
        """Closes the window, if there is one."""
        if self._figure is not None:
            from matplotlib import pyplot as plt

            plt.close(self._figure)
            self._figure = None

    def _opened(self) -> Any:
        from matplotlib import pyplot as plt

        reason = None
        try:
            figure = plt.figure(figsize=picture.SIZE)
        except ImportError as error:  # a backend for windows was asked for
            reason = str(error)
        else:
            if plt.get_backend().lower() not in WITHOUT_WINDOWS:
                figure.show()
                return figure
            plt.close(figure)
        self._is_possible = False
        gymnasium.logger.warn(NO_WINDOW.format(reason or f"backend {plt.get_backend()!r}"))
        return None

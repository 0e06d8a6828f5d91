"""A backend of matplotlib, by the name module://..., whose windows open on no screen."""

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

waited: list[float] = []  # seconds
shown: list[int] = []  # numbers of figures whose windows were opened


class FigureManager(FigureManagerBase):
    def show(self):
        shown.append(int(self.num))


class FigureCanvas(FigureCanvasAgg):
    manager_class = FigureManager  # pyright: ignore[reportAssignmentType]  # a property of the class

    def start_event_loop(self, timeout=0):
        waited.append(timeout)

"""What happens in an environment, for people to see: as a picture, in a window, as text.

scene.py      what there is to show, as arrays and words
plane.py      where users and items are
picture.py    a scene drawn by matplotlib, which is imported when it is needed: map.py,
              legend.py, standings.py, and what they are made of, canvas.py
window.py     shows scenes one after the other
ansi.py       a scene as text
camera.py     follows an environment
"""

from .camera import FPS as FPS
from .camera import MODES as MODES
from .camera import Camera as Camera

"""Write a file, a folder or several files as a whole or not at all."""

from sklearn_microarch._whole._place import Place as Place
from sklearn_microarch._whole._replace_file import replace_file as replace_file
from sklearn_microarch._whole._replace_file import resolve_link as resolve_link
from sklearn_microarch._whole._replace_folder import place_of_folder as place_of_folder
from sklearn_microarch._whole._replace_folder import replace_folder as replace_folder

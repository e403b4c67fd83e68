from ._load_model import load_model as load_model
from ._read_manifest import read_manifest as read_manifest
from ._save_model import save_model as save_model

import importlib.util

import numpy as np
import pytest


@pytest.fixture
def reference(request):
    """The reference of the exercise that the test lies beside."""
    path = request.path.parent / "reference.py"
    spec = importlib.util.spec_from_file_location(f"reference_of_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=range(5))
def rng(request):
    return np.random.default_rng(request.param)

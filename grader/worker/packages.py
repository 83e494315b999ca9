"""Third-party packages by name, to tell them from a module that was not handed in.

Nothing is allowed or refused by this list; it only chooses the sentence that says why.
"""

import sys

_NAMES = """
IPython OpenGL PIL albumentations altair astropy autograd boto3 bokeh bs4 catboost cupy cv2
cvxopt cvxpy cython dask datasets einops fastai flax future gdown gensim google gym gymnasium
h5py haiku huggingface_hub hyperopt imageio imblearn ipykernel ipywidgets jax jaxlib joblib
jupyter keras keras_tuner kornia lightgbm lightning lxml matplotlib mpl_toolkits mpmath mxnet
nibabel networkx nltk numba numexpr numpy onnx openai optax optuna pandas patsy plotly polars
pyarrow pydot pygame pylab pymc pyspark pytest pytorch_lightning ray regex requests scipy
seaborn shap six skimage sklearn skorch spacy statsmodels streamlit sympy tables tensorboard
tensorboardX tensorflow tensorflow_addons tensorflow_datasets tensorflow_hub
tensorflow_probability theano thinc timm tokenizers torch torchaudio torchinfo torchmetrics
torchsummary torchtext torchvision tqdm transformers umap wandb xarray xgboost yaml yfinance
"""
KNOWN = frozenset(_NAMES.split())


def is_package(module: str) -> bool:
    """Whether a module is of a package, or Python's own, rather than one not handed in."""
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names or root in KNOWN

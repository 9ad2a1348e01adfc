from setuptools import setup

BASE = ["bottle>=0.12", "peewee"]
EXTRAS = {"cache": ["pylibmc"], "test": ["webtest"]}
kwargs = dict(install_requires=BASE + ["dill"], extras_require=EXTRAS)

setup(name="ledger", classifiers=["Framework :: Pyramid"], keywords="numpy scipy", **kwargs)

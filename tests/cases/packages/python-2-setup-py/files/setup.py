from distutils.core import setup

print "installing"
setup(
    name="davit",
    install_requires=["lxml>=3", "davit[all]"],
    extras_require={"test": ["nose"]},
)

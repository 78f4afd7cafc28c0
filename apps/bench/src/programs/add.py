# The smallest program that says a result, for Python.
print(19 + 23)

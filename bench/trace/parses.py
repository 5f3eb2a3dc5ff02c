"""Which annotated texts on stdin parse to the same syntax tree as the plain program and test beside them."""

import ast
import json
import sys


def same(shown, plain):
    try:
        return ast.dump(ast.parse(shown)) == ast.dump(ast.parse(plain))
    except SyntaxError:
        return False


print(json.dumps([same(shown, plain) for shown, plain in json.load(sys.stdin)]))

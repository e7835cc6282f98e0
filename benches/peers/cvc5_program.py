#!/usr/bin/env python3
"""cvc5 from PyPI, which brings no program, as a program: answers a script of SMT-LIB.

    pip install cvc5==1.4.2 z3-solver==5.4.1
    CVC5=benches/peers/cvc5_program.py sh benches/export-check.sh target/scripts 200 2
"""

import sys

import cvc5

LIMIT = "--tlimit="


def main():
    limits = [word.removeprefix(LIMIT) for word in sys.argv[1:] if word.startswith(LIMIT)]
    files = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(files) != 1 or len(sys.argv) != 2 + len(limits):
        sys.exit(f"usage: cvc5_program.py [{LIMIT}MILLISECONDS] FILE")
    terms = cvc5.TermManager()
    solver, symbols = cvc5.Solver(terms), cvc5.SymbolManager(terms)
    for limit in limits:
        solver.setOption("tlimit-per", limit)
    parser = cvc5.InputParser(solver, symbols)
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, files[0])
    try:
        while not (command := parser.nextCommand()).isNull():
            print(command.invoke(solver, symbols), end="", flush=True)
    except RuntimeError as error:
        sys.exit(f'(error "{error}")')


main()

raise SystemExit('not the real NumPy')

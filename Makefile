# make demo = see it work. make test = all tests. make check = what CI runs.
# Every rule does the set-up that it needs; the work is in Scripts/.
.PHONY: demo test check setup samples build lint format sizes docs bench
.NOTPARALLEL:

demo:    ; Scripts/demo
test:    ; Scripts/test
check: setup lint sizes test docs

setup:   ; Scripts/setup
samples: setup ; Corpus/build
build:   setup ; Scripts/checked build --build-tests
lint:    ; Scripts/lint
format:  ; Scripts/format
sizes:   ; Scripts/sizes
docs:    ; Scripts/docs
bench:   setup ; Benchmarks/run

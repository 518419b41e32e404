# Outdial. `make run` starts the demo, `make test` runs every test.

BROTLI  ?= 11
VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED = 0

WASM    := .cache/wasm
GO_ALL  := $(shell find app shared -name '*.go' -not -name '*_test.go' 2>/dev/null)
SOURCES := $(shell find web/static web/translations -type f 2>/dev/null)

.PHONY: run build console test test-go test-browser bench fmt lint image clean tools

run: build
	./bin/outdial serve --demo

build: console
	go build -trimpath -ldflags='-s -w -X main.version=$(VERSION)' -o bin/outdial ./server

# What the browser loads: two programs, one style sheet, four dictionaries.
console: web/built/.stamp

web/built/.stamp: $(WASM)/app.wasm $(WASM)/worker.wasm $(WASM)/wasm_exec.js $(SOURCES) web/pack/main.go
	go run ./web/pack -quality $(BROTLI) -from $(WASM) app.wasm worker.wasm wasm_exec.js
	@touch $@

$(WASM)/app.wasm: $(GO_ALL) go.mod go.sum
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o $@ ./app

$(WASM)/worker.wasm: $(GO_ALL) go.mod go.sum
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o $@ ./app/worker

$(WASM)/wasm_exec.js: go.mod
	@mkdir -p $(@D)
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $@

fmt:
	gofmt -w app server shared web

lint:
	@test -z "$$(gofmt -l app server shared web)" || { gofmt -l app server shared web; echo 'run make fmt'; exit 1; }
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./app/... ./shared/...

clean:
	rm -rf bin .cache web/built/*.br web/built/*.gz web/built/.stamp

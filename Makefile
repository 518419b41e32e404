# Outdial. `make run` starts the demo, `make test` runs every test.

BROTLI  ?= 11
VERSION ?= $(shell git describe --always --dirty 2>/dev/null || echo dev)
export CGO_ENABLED = 0

WASM    := .cache/wasm
SLIM    := .cache/slim
GO_ALL  := $(shell find app shared -name '*.go' -not -name '*_test.go' 2>/dev/null)
SOURCES := $(shell find web/static web/translations -type f 2>/dev/null)

.PHONY: run build console test test-go test-browser bench identity fmt lint image clean tools packages screenshot

run: build
	./bin/outdial serve --demo

build: console
	go build -trimpath -ldflags='-s -w -X main.version=$(VERSION)' -o bin/outdial ./server

# What the browser loads: two programs, one style sheet, four dictionaries.
# There is a stamp for each quality: what was packed in haste is not shipped.
console: web/built/.stamp-$(BROTLI)

web/built/.stamp-$(BROTLI): $(WASM)/app.wasm $(WASM)/worker.wasm $(WASM)/wasm_exec.js $(SOURCES) web/budget.json $(wildcard web/pack/*.go)
	go run ./web/pack -quality $(BROTLI) -from $(WASM) app.wasm worker.wasm wasm_exec.js
	@touch $@

# Without go-app's server half, and without inlining: both only make the page's
# program larger. What each brings is in docs/benchmarks.md.
$(WASM)/app.wasm: $(GO_ALL) $(SLIM)/go.mod
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -modfile $(SLIM)/go.mod -trimpath -gcflags=all=-l -ldflags=-w -o $@ ./app

$(SLIM)/go.mod: go.mod go.sum $(wildcard web/slim/*.go web/slim/_*/*.go)
	go run ./web/slim -to $(SLIM)
	@touch $@

$(WASM)/worker.wasm: $(GO_ALL) go.mod go.sum
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o $@ ./app/worker

$(WASM)/wasm_exec.js: go.mod
	@mkdir -p $(@D)
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" $@

# Every test. Installs what the browser tests need and this machine lacks.
test: lint test-go test-browser

test-go: packages
	go test ./...

JOURNEYS := go test -tags journey -count=1 -parallel 4 -timeout 20m ./app/journey

test-browser: build tools
	$(JOURNEYS)

RIVALS := .cache/npm-speed/node_modules/libphonenumber-js/package.json

PEERS := .cache/npm-lists/node_modules/papaparse/package.json

# What the server does in a second, what the browser loads, how soon it can be
# used: method and figures are in docs/benchmarks.md.
bench: build tools $(WASM)/speed.wasm $(RIVALS) $(PEERS)
	go test -run '^$$' -bench 'Gateway' -benchtime 5s ./server
	go test -run '^$$' -bench 'Calls' -benchtime 3s ./server/ledger
	go test -run '^$$' -bench 'Writes' -benchtime 3s ./server/database
	go test -run '^$$' -bench . -benchtime 3x ./server/run
	go test -run '^$$' -bench . ./shared/phone/engine
	GOOS=js GOARCH=wasm go build -tags naive -trimpath -ldflags='-s -w' -o $(WASM)/naive.wasm ./app
	NAIVE=$(CURDIR)/$(WASM)/naive.wasm $(JOURNEYS) -run '^$$' -bench . -benchtime 1x
	go test -tags journey -count=1 -timeout 20m -run '^$$' -bench . -benchtime 1x ./app/speed
	go test -run '^$$' -bench 'XLSX|XML' -benchtime 1x ./shared/list/xlsx
	go test -tags journey -count=1 -timeout 30m -run '^$$' -bench . -benchtime 1x ./app/speed/lists

# The engine beside the library it is made from, as many cases as once after
# each upgrade of the library: ten million mutated numbers and the generated cover.
identity:
	go test -count=1 -timeout 3h -v -run 'TestSame|TestLabels|TestPrefixes' ./shared/phone/engine -more 3 -mutations 10000000

# The number engine in a worker of the browser, and what it is compared with.
$(WASM)/speed.wasm: $(GO_ALL) go.mod go.sum
	@mkdir -p $(@D)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' -o $@ ./app/speed

$(RIVALS): app/speed/package.json app/speed/package-lock.json | packages
	@mkdir -p .cache/npm-speed
	cp $^ .cache/npm-speed/
	npm ci --prefix .cache/npm-speed --ignore-scripts --no-audit --no-fund </dev/null
	@touch $@

# What the reading of lists is compared with.
$(PEERS): app/speed/lists/package.json app/speed/lists/package-lock.json | packages
	@mkdir -p .cache/npm-lists
	cp $^ .cache/npm-lists/
	npm ci --prefix .cache/npm-lists --ignore-scripts --no-audit --no-fund </dev/null
	@touch $@

# The screenshot of the README.
screenshot: build tools
	SCREENSHOT=$(CURDIR)/docs/screenshots/console.png $(JOURNEYS) -run Screenshot

AXE := .cache/npm/node_modules/axe-core/axe.min.js
tools: packages $(AXE)

# Chromium with Chinese letters, npm for axe-core, and PostgreSQL, of which the
# tests start a server of their own. Nothing that is there is installed again.
packages:
	@set -e; missing=; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$$missing postgresql"; \
	! command -v dpkg >/dev/null || dpkg -s fonts-noto-cjk >/dev/null 2>&1 || missing="$$missing fonts-noto-cjk"; \
	[ -n "$$missing" ] || exit 0; \
	command -v apt-get >/dev/null || { echo "the tests need:$$missing"; exit 1; }; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing </dev/null

$(AXE): app/journey/package.json app/journey/package-lock.json | packages
	@mkdir -p .cache/npm
	cp $^ .cache/npm/
	npm ci --prefix .cache/npm --ignore-scripts --no-audit --no-fund </dev/null
	@touch $@

image:
	docker build --build-arg VERSION=$(VERSION) -t outdial:$(VERSION) .

fmt:
	gofmt -w app server shared web

lint:
	@test -z "$$(gofmt -l app server shared web)" || { gofmt -l app server shared web; echo 'run make fmt'; exit 1; }
	go vet ./...
	go vet -tags journey ./app/journey ./app/speed ./app/speed/lists
	GOOS=js GOARCH=wasm go vet ./app/... ./shared/...

clean:
	rm -rf bin .cache web/built/*.br web/built/*.gz web/built/.stamp* web/built/.quality

# Everything here needs Go and make; `interop` and `bench` also need npm.

GO      ?= go
TOOLS   := $(CURDIR)/bin/tools
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VULN    := golang.org/x/vuln/cmd/govulncheck@latest

.DEFAULT_GOAL := help
.PHONY: help run build test race lint interop compare bench soak restore-drill fuzz prove release clean

help: ## Show what there is to make.
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Start a development server at http://localhost:3000.
	./bin/watchword serve

build: ## Build bin/watchword.
	$(GO) build -trimpath -o bin/watchword ./cmd/watchword

test: ## Run every test; suites that need a server say so where it is missing.
	@./.ci/test

race: ## Run every test under the race detector.
	@./.ci/test -race -timeout 30m

lint: $(TOOLS)/golangci-lint ## Run the linters, the floors' import rules included.
	$(TOOLS)/golangci-lint run ./...
	$(GO) vet ./...

$(TOOLS)/golangci-lint:
	GOBIN=$(TOOLS) $(GO) install $(LINTER)

interop: build ## Play the official clients and the reference against the binary.
	cd interop && npm ci --legacy-peer-deps --no-audit --no-fund && npm test && npm run compare

bench: build ## Measure side by side with the reference and with the floor.
	$(GO) run ./bench/cmd/compare

soak: ## Take instances, Redis and PostgreSQL away under load for SOAKTIME (default 2m), and check that nothing is lost.
	$(GO) test ./internal/soak -run 'TestSoak|TestOutbox' -count 1 -v -timeout 2h -soak $${SOAKTIME:-2m}

restore-drill: ## Back databases up under load, restore and serve them.
	$(GO) test ./internal/soak -run TestRestore -count 1 -v -timeout 1h

fuzz: ## Fuzz every parser of hostile input for FUZZTIME each (default 1m).
	@./.ci/fuzz $${FUZZTIME:-1m}

prove: ## Run everything that shows Watchword can be trusted; the last lines have the counts.
	@./.ci/prove

release: ## Make a release of VERSION in dist/, for all systems.
	@./.ci/release $(VERSION)

clean: ## Remove what was built.
	rm -rf bin dist

# Selfrag. `make help` lists the targets.

GO    ?= go
TAGS  ?= onnx
# Runs a command with what the tag onnx needs: cgo, libtokenizers.a, ONNX Runtime.
WITH  := scripts/env

.DEFAULT_GOAL := help
.PHONY: help module-path snapshot ablation pictures demo build test test-fast lint lint-deploy fmt bench bench-micro bench-serve bench-watch bench-mixed bench-embed bench-retrieval bench-rerank fuzz soak soak-serve record setup

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## ingest the demo handbook and answer its questions, at once and again with a language model; sets up what it needs
	@scripts/demo

pictures: ## make the pictures of the docs from the program itself
	@scripts/pictures

setup: ## fetch or build the real parts (Ollama, a model, ONNX Runtime, tokenizers)
	@scripts/setup

build: ## build bin/selfrag with local ONNX models
	@scripts/setup system-packages onnxruntime tokenizers
	$(WITH) $(GO) build -tags $(TAGS) -o bin/selfrag ./cmd/selfrag

fmt: ## format the code
	$(GO) fmt ./...

lint: ## format check, vet and lint (which vets with the tags)
	@scripts/setup golangci-lint
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "not formatted; run make fmt:"; echo "$$files"; exit 1; fi
	CGO_ENABLED=0 $(GO) vet ./...
	$(WITH) $(GO) vet -tags $(TAGS),notokenizers ./internal/onnx
	$(WITH) golangci-lint run --allow-parallel-runners --build-tags $(TAGS),integration,figures,soak ./...

lint-deploy: ## check the deployment files
	@scripts/lint-deploy

test: lint lint-deploy ## format check, vet, lint and every test, on real parts; sets up what it needs
	@OLLAMA_NUM_PARALLEL=1 scripts/setup system-packages ollama ollama-serve model-small onnxruntime tokenizers multilingual-e5-small minilm milvus milvus-serve milvus-lite milvus-lite-serve fixture-models e5-reference api-clients reader-peers run-loggers page-tests
	$(WITH) $(GO) test -race -timeout 60m -tags $(TAGS),integration ./...
	$(WITH) $(GO) test -tags $(TAGS),notokenizers -run WithoutTokenizers ./internal/onnx

test-fast: ## the tests in pure Go, without tags or servers, and without the longest two; a minute or two
	CGO_ENABLED=0 $(GO) test -short -parallel 8 ./...

bench: ## the whole way of a document and of a question beside peers, in one table (half an hour)
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small fixture-models reader-peers
	@mkdir -p bin/bench
	$(WITH) $(GO) build -tags $(TAGS) -o bin/selfrag ./cmd/selfrag
	$(WITH) $(GO) test -c -tags $(TAGS) -o bin/bench/rerank.test ./rerank/onnx
	$(WITH) $(GO) test -c -tags $(TAGS) -o bin/bench/embed.test ./retrieval/embed
	$(WITH) $(GO) test -c -tags $(TAGS) -o bin/bench/evidence.test ./rerank/evidence
	CGO_ENABLED=0 $(GO) test -c -o bin/bench/sqlite.test ./retrieval/sqlite
	$(WITH) sh -c 'cache="$${SELFRAG_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/selfrag}"; $(GO) run ./scripts/bench -tests "$$PWD/bin/bench" -out bin/bench/bench.txt \
		-data "$${SELFRAG_DATA:-../shared/data}" -models "$$cache/models" -python "$$cache/fixtures-python/bin/python" -unhwp "$$cache/reader-peers/bin/python"'

bench-serve: ## a server with its default parts and limits under 1, 10 and 100 clients, and beside another tenant (five minutes)
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small
	$(WITH) $(GO) build -tags $(TAGS) -o bin/selfrag ./cmd/selfrag
	$(GO) run ./scripts/bench -load

bench-watch: ## a watched folder of 10,000 files: the first round, idle, and until a change is found (ten minutes)
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small
	$(WITH) $(GO) build -tags $(TAGS) -o bin/selfrag ./cmd/selfrag
	$(WITH) $(GO) run ./scripts/bench -watched 10000

bench-mixed: ## 1 GB of text in files of twelve kinds: rate and peak memory of ingesting it (a quarter of an hour)
	@scripts/setup system-packages onnxruntime tokenizers
	$(WITH) $(GO) build -tags $(TAGS) -o bin/selfrag ./cmd/selfrag
	$(GO) run ./scripts/bench -mixed 1024

bench-micro: ## all Go benchmarks of the packages
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small minilm
	$(WITH) $(GO) test -run '^$$' -bench . -benchmem -tags $(TAGS) ./...

bench-retrieval: ## first-stage search at 10,000, 100,000 and a million passages, against the bare Milvus SDK, ingest rate, memory of 1 GB, figures (hours)
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small minilm milvus milvus-serve
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench 'Hybrid' -benchtime 500x -timeout 60m ./retrieval/sqlite
	SELFRAG_PASSAGES=1000000 CGO_ENABLED=0 $(GO) test -run '^$$' -bench 'Hybrid' -benchtime 500x -timeout 120m ./retrieval/sqlite
	$(WITH) $(GO) test -run '^$$' -bench 'Ingest$$' -benchtime 6x -tags $(TAGS) ./retrieval/ingest
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench 'Search$$/^milvus$$' -benchtime 300x -timeout 30m -tags integration ./retrieval/milvus
	$(WITH) $(GO) test -count 1 -timeout 60m -v -tags $(TAGS),integration,figures -run 'Figures|RealRetrieval' ./cmd/selfrag
	SELFRAG_GIGABYTES=1 $(GO) test -count 1 -timeout 60m -v -run 'TestMemory$$' ./cmd/selfrag

bench-rerank: ## cross-encoders beside sentence-transformers, FlashRank and fastembed, in the same run (minutes)
	@scripts/setup system-packages onnxruntime tokenizers fixture-models
	$(WITH) $(GO) test -c -tags $(TAGS) -o bin/rerank.test ./rerank/onnx
	$(WITH) sh -c '"$${SELFRAG_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/selfrag}/fixtures-python/bin/python" scripts/bench-rerank bin/rerank.test \
		"$${SELFRAG_DATA:-../shared/data}" --models "$${SELFRAG_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/selfrag}/models/fixtures"'

ablation: ## what each rule for claims and each heuristic of the loop is worth, by recorded replies (of the handbook)
	CGO_ENABLED=0 $(GO) test -count 1 -timeout 3h -v -tags figures -run 'FiguresAblation$$' ./agent

bench-embed: ## the default embedder beside sentence-transformers, in the same run (minutes)
	@scripts/setup system-packages onnxruntime tokenizers multilingual-e5-small fixture-models
	$(WITH) $(GO) test -c -tags $(TAGS) -o bin/embed.test ./retrieval/embed
	$(WITH) sh -c '"$${SELFRAG_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/selfrag}/fixtures-python/bin/python" scripts/bench-embed bin/embed.test \
		"$${SELFRAG_DATA:-../shared/data}" --models "$${SELFRAG_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/selfrag}/models"'

fuzz: ## every fuzz target of the retrieval packages, of calls, claims and plans, FUZZTIME (60s) each
	CGO_ENABLED=0 scripts/fuzz

soak: ## every question of the handbook, live, 10,000 reranks in flat memory, many kills during ingest and measuring, and the page a hundred times (hours)
	@scripts/setup ollama ollama-serve model-small
	CGO_ENABLED=0 $(GO) test -count 1 -timeout 180m -v -run 'Soak$$' -tags soak ./agent
	@scripts/setup system-packages onnxruntime tokenizers fixture-models
	SELFRAG_REQUESTS=10000 $(WITH) $(GO) test -count 1 -timeout 60m -v -tags $(TAGS) -run 'Memory$$' ./rerank/onnx
	SELFRAG_FOLLOWUPS=all CGO_ENABLED=0 $(GO) test -count 1 -timeout 60m -v -run 'RealStandalone' -tags integration ./agent/conversation
	SELFRAG_KILLS=200 CGO_ENABLED=0 $(GO) test -count 1 -timeout 60m -v -run 'Kill' ./retrieval/ingest
	SELFRAG_KILLS=10 CGO_ENABLED=0 $(GO) test -count 1 -timeout 60m -v -run 'Kill' ./cmd/selfrag
	@scripts/setup milvus milvus-serve milvus-lite milvus-lite-serve
	SELFRAG_KILLS=20 CGO_ENABLED=0 $(GO) test -count 1 -timeout 60m -tags integration -run 'Kill' ./retrieval/milvus
	@scripts/setup page-tests
	SELFRAG_PAGE_ROUNDS=100 CGO_ENABLED=0 $(GO) test -count 1 -timeout 20h -v -run 'TestWebPage$$' -tags integration ./cmd/selfrag

soak-serve: ## the server under load, against its limits, under faults, and under 2,000 generated requests (15 minutes)
	@scripts/setup api-clients milvus-lite
	CGO_ENABLED=0 SELFRAG_LOAD_STREAMS=200 SELFRAG_LOAD_SECONDS=60 SELFRAG_LOAD_ADDED_MS=50 SELFRAG_LOAD_CLIENTS=1000 \
		$(GO) test -count 1 -timeout 30m -v -run 'TestServeLoad|TestServeUnderTooMuch' ./cmd/selfrag
	CGO_ENABLED=0 SELFRAG_LOAD_ROUNDS=10 $(GO) test -count 1 -timeout 30m -v -run 'TestFaultModel|TestFaultServer|TestFaultDisk' ./cmd/selfrag
	CGO_ENABLED=0 SELFRAG_LOAD_ROUNDS=3 $(GO) test -count 1 -timeout 30m -v -tags integration -run 'TestFaultMilvus' ./cmd/selfrag
	CGO_ENABLED=0 SELFRAG_CASES=100 $(GO) test -count 1 -timeout 30m -v -tags integration -run 'TestSchemathesis|TestClients' ./cmd/selfrag

snapshot: ## build the release archives of every platform into dist/, without publishing them, and run the one for this machine
	@scripts/setup goreleaser
	@$(WITH) goreleaser check
	@$(WITH) goreleaser release --snapshot --clean --skip=docker
	@scripts/check-release dist

module-path: ## rename the Go module for a fork: make module-path NEW=github.com/me/selfrag
	@$(GO) run ./scripts/module-path "$(NEW)"

record: ## record the model traffic that the fast tests replay, anew
	@scripts/setup ollama ollama-serve model-small
	SELFRAG_RECORD=1 $(GO) test -count 1 -timeout 120m ./ollama ./agent ./agent/langchain ./rerank/llm
	SELFRAG_RECORD=1 $(GO) test -count 1 -timeout 60m -run 'ChatScripts' ./cmd/selfrag

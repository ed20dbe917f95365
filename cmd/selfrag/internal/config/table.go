package config

import (
	"strings"

	"selfrag/agent"
)

// setting describes one setting. key is its name in selfrag.yaml. The
// environment variable is SELFRAG_ and the key in capitals. The flag is the key
// with dashes in place of underscores.
type setting struct {
	key   string
	value any // pointer into settings
	usage string
	group string // only commands with this group have the flag
}

// The groups of settings. A command declares the flags of the groups that it
// uses.
const (
	GroupAll    = "all"
	GroupSearch = "search"
	GroupRerank = "rerank"
	GroupIngest = "ingest"
	GroupAsk    = "ask"
	GroupCount  = "count"
	GroupTrace  = "trace"
	groupNone   = "" // no flag; set by the file and the environment only
)

func (s *Settings) table() []setting {
	return append([]setting{
		{"store", &s.Store, "where collections are kept: sqlite (a file in data_dir) or milvus", GroupAll},
		{"data_dir", &s.DataDir, "folder of the store", GroupAll},
		{"tenant", &s.Tenant, "whose collections to use; each tenant sees its own alone", GroupAll},
		{"milvus_address", &s.MilvusAddress, "address of the Milvus server", GroupAll},
		{"milvus_token", &s.MilvusToken, "user:password or API key of the Milvus server", GroupAll},
		{"ef", &s.Ef, "breadth of Milvus' search among vectors, at least k1 is used: more finds more and takes longer; the SQLite store searches exactly", GroupSearch},
		{"collection", &s.Collection, "collection to use", GroupAll},
		{"embedder", &s.Embedder, "auto, onnx/MODEL, ollama/MODEL, openai/MODEL, each with @DIMENSIONS for shorter vectors, or none (lexical search only)", GroupAll},
		{"ollama_address", &s.OllamaAddress, "address of the Ollama server (default OLLAMA_HOST, else http://127.0.0.1:11434)", GroupAll},
		{"openai_address", &s.OpenAIAddress, "URL of the OpenAI-compatible server of openai/ embedders and models (default OPENAI_BASE_URL, else OpenAI's); its key is read from OPENAI_API_KEY", GroupAll},
		{"openai_extra", &s.OpenAIExtra, "further fields of each request to an openai/ language model, as a JSON object; for models that think before they answer, on vLLM and llama.cpp: {\"chat_template_kwargs\": {\"enable_thinking\": false}}", GroupSearch},
		{"split", &s.Split, "how documents are cut into passages: recursive, markdown, sentence, parent or none", GroupIngest},
		{"chunk_size", &s.ChunkSize, "most runes in a passage", GroupIngest},
		{"chunk_overlap", &s.ChunkOverlap, "runes that neighbouring passages share", GroupIngest},
		{"parent_size", &s.ParentSize, "most runes in what --split parent reads around a passage", GroupIngest},
		{"allow_url", &s.AllowURLs, "hosts, with commas between, that URLs may be fetched from", GroupIngest},
		{"mode", &s.Mode, "first stage: hybrid, dense or lexical", GroupSearch},
		{"filter", &s.Filter, `search only passages with these fields, as in 'lang = "ko" and year >= 2020'; or JSON`, GroupSearch},
		{"k1", &s.K1, "candidates of the first stage", GroupSearch},
		{"k2", &s.K2, "passages kept by the second stage", GroupSearch},
		{"rerank", &s.Reranker, "second stage: auto, none, late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL, or a service: " + services() + "; several with commas, each but the last with :KEEP; with +prior behind its name the order before has a say", GroupSearch},
		{"rerank_address", &s.RerankAddress, "address of the rerank service (default the vendor's own); its key is read from CO_API_KEY, JINA_API_KEY, VOYAGE_API_KEY or SELFRAG_RERANK_KEY", GroupRerank},
		{"rerank_windows", &s.RerankWindows, "windows of a long passage that a cross-encoder reads at most; the best counts", GroupRerank},
		{"rerank_min_score", &s.RerankMinScore, "drop passages that the reranker scores lower, on its own scale; empty: none", GroupRerank},
		{"device", &s.Device, "where cross-encoders run: auto, cpu or cuda", GroupRerank},
		{"model", &s.Model, "language model in Ollama; empty: the best there that suits this machine; openai/NAME: one of an OpenAI-compatible server (vLLM, llama.cpp, LM Studio, OpenAI)", GroupSearch},
		{"prompts", &s.Prompts, "folder of prompts that take the place of the built-in ones of the same file names; selfrag prompts export writes those", GroupSearch},
		{"prompt_label", &s.PromptLabel, "take the prompts with this label in Langfuse, as production, in place of the built-in ones", GroupSearch},
		{"metrics_file", &s.MetricsFile, "write counts and times to this file at the end, in Prometheus' text format", GroupCount},
		{"context_tokens", &s.ContextTokens, "context length asked of the language model, in tokens; OpenAI-compatible servers have their own", GroupSearch},
		{"strategy", &s.Strategy, strings.Join(agent.StrategyNames(), ", ") + "; extractive quotes sentences of the documents without a language model, and answers in place of the others where none can be reached and no flag names one", GroupAsk},
		{"max_iterations", &s.MaxIterations, "most rounds of self-rag, steps of cot, rollouts of mcts; 0: 3 and one for each look-up of a plan, 8, and 8", GroupAsk},
		{"max_calls", &s.MaxCalls, "most LLM calls for one question", GroupAsk},
		{"max_tokens", &s.MaxTokens, "most tokens, of prompts and answers together, for one question", GroupAsk},
		{"timeout", &s.Timeout, "most time for one question", GroupAsk},
		{"delta", &s.Delta, "search again when the probability that documents are needed is above this", GroupAsk},
		{"relevance", &s.Relevance, "least relevance grade with which a passage stays", GroupAsk},
		{"support", &s.Support, "least support grade with which a sentence stays", GroupAsk},
		{"support_several", &s.SupportSeveral, "least support grade where the question takes several look-ups, if higher", GroupAsk},
		{"usefulness", &s.Usefulness, "least usefulness grade that ends the loop", GroupAsk},
		{"answerable", &s.Answerable, "strategy extractive abstains when the probability that what was found tells the answer is below this", GroupAsk},
		{"certain", &s.Certain, "do not answer where the evidence for a question of several look-ups is weak, instead of saying that the answer is not certain", GroupAsk},
		{"several", &s.Several, "take a question apart when the probability that it takes several look-ups is at least this", GroupAsk},
		{"grading", &s.Grading, "where relevance comes from: evidence (the likeliest sentence; no call), together (one call for all passages), each (a call a passage), reranker (its calibrated score), both", GroupAsk},
		{"context", &s.Context, "what answers are drafted from: evidence (the sentences that may answer), passages (the whole passages that hold them), auto (evidence for models of fewer than 4 billion parameters)", GroupAsk},
		{"promising", &s.Promising, "draft no answer when the probability that the evidence tells it is below this", GroupAsk},
		{"quotable", &s.Quotable, "quote the evidence where no draft holds and the probability that it tells the answer is at least this", GroupAsk},
		{"calibration", &s.Calibration, "file of probabilities that selfrag calibrate wrote; or SLOPE,INTERCEPT of the reranker's scores, for --grading reranker and both", GroupSearch},
		{"weight_relevance", &s.WeightRelevance, "weight of relevance in the score of a round", GroupAsk},
		{"weight_support", &s.WeightSupport, "weight of support in the score of a round", GroupAsk},
		{"weight_usefulness", &s.WeightUsefulness, "weight of usefulness in the score of a round", GroupAsk},
		{"width", &s.Width, "drafts that a round writes and grades, of which the best goes on", GroupAsk},
		{"parallel", &s.Parallel, "LLM calls at a time, where they do not depend on each other", GroupAsk},
		{"sample_seed", &s.SampleSeed, "seed of what is sampled", GroupAsk},
	}, append(s.Tracing.table(), s.serveSettings.table()...)...)
}

func flagOf(key string) string { return strings.ReplaceAll(key, "_", "-") }

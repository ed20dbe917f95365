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
	value any // pointer to the field of Settings
	usage string
	group string // only commands that use this group have the flag
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
	groupNone   = "" // settings without a flag: only the file and the environment can set them
)

func (s *Settings) table() []setting {
	return append([]setting{
		{"store", &s.Store, "where collections are kept: sqlite (a file in data_dir) or milvus", GroupAll},
		{"data_dir", &s.DataDir, "folder of the store", GroupAll},
		{"tenant", &s.Tenant, "tenant whose collections to use; each tenant sees only its own", GroupAll},
		{"milvus_address", &s.MilvusAddress, "address of the Milvus server", GroupAll},
		{"milvus_token", &s.MilvusToken, "user:password or API key of the Milvus server", GroupAll},
		{"ef", &s.Ef, "breadth of Milvus' search among vectors, at least k1; a larger one finds more and takes longer; the SQLite store searches exactly", GroupSearch},
		{"collection", &s.Collection, "collection to use", GroupAll},
		{"embedder", &s.Embedder, "auto, onnx/MODEL, ollama/MODEL, openai/MODEL, each with @DIMENSIONS for shorter vectors, or none (lexical search only)", GroupAll},
		{"device", &s.Device, "where local embedders and rerankers run: auto (a GPU if one works), cpu or cuda", GroupAll},
		{"ollama_address", &s.OllamaAddress, "address of the Ollama server (default OLLAMA_HOST, else http://127.0.0.1:11434)", GroupAll},
		{"openai_address", &s.OpenAIAddress, "URL of the OpenAI-compatible server of openai/ embedders and models (default OPENAI_BASE_URL, else OpenAI's); its key is read from OPENAI_API_KEY", GroupAll},
		{"openai_extra", &s.OpenAIExtra, "further fields of each request to an openai/ language model, as a JSON object; for models that think before they answer, on vLLM and llama.cpp: {\"chat_template_kwargs\": {\"enable_thinking\": false}}", GroupSearch},
		{"split", &s.Split, "how documents are cut into passages: recursive, markdown, sentence, parent or none", GroupIngest},
		{"chunk_size", &s.ChunkSize, "largest number of runes in a passage", GroupIngest},
		{"chunk_overlap", &s.ChunkOverlap, "runes that neighbouring passages share", GroupIngest},
		{"parent_size", &s.ParentSize, "largest number of runes that --split parent reads around a passage", GroupIngest},
		{"max_file_mb", &s.MaxFileMB, "largest file that is read, or line of a JSONL file, in MiB when unpacked; a text takes a few times its size of memory", GroupIngest},
		{"allow_url", &s.AllowURLs, "comma-separated hosts that URLs may be fetched from", GroupIngest},
		{"reader", &s.Readers, "EXT=COMMAND: read files of a further type by a command that takes a path and writes text, as in 'rtf=unrtf --text'; can be repeated", GroupIngest},
		{"reader_time", &s.ReaderTime, "longest time that a command of --reader may take for a file", GroupIngest},
		{"mode", &s.Mode, "first stage: hybrid, dense or lexical", GroupSearch},
		{"filter", &s.Filter, `search only passages with these fields, as in 'lang = "ko" and year >= 2020'; or JSON`, GroupSearch},
		{"k1", &s.K1, "candidates of the first stage", GroupSearch},
		{"k2", &s.K2, "passages kept by the second stage", GroupSearch},
		{"rerank", &s.Reranker, "second stage: auto, none, late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL, or a service: " + services() + "; separate several with commas, each but the last with :KEEP; +prior after a name adds the order before it", GroupSearch},
		{"rerank_address", &s.RerankAddress, "address of the rerank service (default the vendor's own); its key is read from CO_API_KEY, JINA_API_KEY, VOYAGE_API_KEY or SELFRAG_RERANK_KEY", GroupRerank},
		{"rerank_windows", &s.RerankWindows, "largest number of windows of a long passage that a cross-encoder reads; the best counts", GroupRerank},
		{"rerank_min_score", &s.RerankMinScore, "drop passages that the reranker scores lower, on its own scale; empty: none", GroupRerank},
		{"model", &s.Model, "language model in Ollama; empty: the best installed one that suits this machine; openai/NAME: one of an OpenAI-compatible server (vLLM, llama.cpp, LM Studio, OpenAI)", GroupSearch},
		{"prompts", &s.Prompts, "folder of prompts that replace the built-in ones of the same file names; selfrag prompts export writes those", GroupSearch},
		{"prompt_label", &s.PromptLabel, "use the prompts with this label in Langfuse, such as production, instead of the built-in ones", GroupSearch},
		{"metrics_file", &s.MetricsFile, "write counts and times to this file at the end, in Prometheus' text format", GroupCount},
		{"context_tokens", &s.ContextTokens, "context length requested from the language model, in tokens; OpenAI-compatible servers have their own", GroupSearch},
		{"strategy", &s.Strategy, strings.Join(agent.StrategyNames(), ", ") + "; extractive quotes sentences of the documents without a language model, and replaces the others if no model can be reached and no flag names one", GroupAsk},
		{"max_iterations", &s.MaxIterations, "largest number of rounds of self-rag, steps of cot or rollouts of mcts; 0: 3 and one for each look-up of a plan, 8, and 8", GroupAsk},
		{"max_calls", &s.MaxCalls, "largest number of LLM calls for one question", GroupAsk},
		{"max_tokens", &s.MaxTokens, "largest number of tokens for one question, prompts and answers together", GroupAsk},
		{"timeout", &s.Timeout, "longest time for one question", GroupAsk},
		{"delta", &s.Delta, "search again when the probability that documents are needed is above this", GroupAsk},
		{"relevance", &s.Relevance, "lowest relevance grade with which a passage stays", GroupAsk},
		{"support", &s.Support, "lowest support grade with which a sentence stays", GroupAsk},
		{"support_several", &s.SupportSeveral, "lowest support grade for a question that takes several look-ups, if higher", GroupAsk},
		{"usefulness", &s.Usefulness, "lowest usefulness grade that ends the loop", GroupAsk},
		{"answerable", &s.Answerable, "strategy extractive abstains if the probability that the results contain the answer is below this", GroupAsk},
		{"certain", &s.Certain, "abstain if the evidence for a question of several look-ups is weak, instead of marking the answer as not certain", GroupAsk},
		{"think", &s.Think, "let a model that can think do so before it drafts; that takes more time and tokens", GroupAsk},
		{"several", &s.Several, "take a question apart when the probability that it takes several look-ups is at least this", GroupAsk},
		{"grading", &s.Grading, "source of relevance: evidence (the likeliest sentence; no call), together (one call for all passages), each (a call a passage), reranker (its calibrated score), both", GroupAsk},
		{"context", &s.Context, "source of drafts: evidence (the sentences that may answer), passages (the whole passages that hold them), auto (evidence for models of fewer than 4 billion parameters)", GroupAsk},
		{"promising", &s.Promising, "draft no answer if the probability that the evidence contains it is below this", GroupAsk},
		{"quotable", &s.Quotable, "quote the evidence if no draft holds and the probability that it contains the answer is at least this", GroupAsk},
		{"calibration", &s.Calibration, "file of probabilities that selfrag calibrate wrote; or SLOPE,INTERCEPT of the reranker's scores, for --grading reranker and both", GroupSearch},
		{"weight_relevance", &s.WeightRelevance, "weight of relevance in the score of a round", GroupAsk},
		{"weight_support", &s.WeightSupport, "weight of support in the score of a round", GroupAsk},
		{"weight_usefulness", &s.WeightUsefulness, "weight of usefulness in the score of a round", GroupAsk},
		{"width", &s.Width, "drafts that a round writes and grades; the best goes on", GroupAsk},
		{"parallel", &s.Parallel, "LLM calls at a time that do not depend on each other", GroupAsk},
		{"sample_seed", &s.SampleSeed, "seed of the sampling", GroupAsk},
	}, append(s.Tracing.table(), s.serveSettings.table()...)...)
}

func flagOf(key string) string { return strings.ReplaceAll(key, "_", "-") }

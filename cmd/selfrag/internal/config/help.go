package config

// The annotations of flags of settings, for printing the help.
const (
	HeadingAnnotation = "selfrag_heading" // the heading below which the flag stands
	ExpertAnnotation  = "selfrag_expert"  // set on flags that few users need, such as weights and thresholds
)

// The headings of the flags of settings. Headings returns them in order.
const (
	headingStorage = "Where documents are kept"
	headingModels  = "Models and their servers"
	headingSearch  = "Search"
	headingRerank  = "Reranking"
	headingAnswers = "Answers"
	headingBudget  = "Limits of one answer"
	headingIngest  = "Reading and cutting documents"
	headingServer  = "Server"
	headingLoad    = "Load and limits of the server"
	headingTraces  = "Traces and metrics"
)

// Headings returns the headings of the help in the order in which they are
// printed.
func Headings() []string {
	return []string{
		headingServer, headingLoad, headingAnswers, headingBudget, headingSearch, headingRerank, headingIngest,
		headingModels, headingStorage, headingTraces,
	}
}

// settingHelp describes how the help shows the flag of a setting.
type settingHelp struct {
	heading string
	arg     string // what the value is, such as DIR; empty: the name of its type
	expert  bool   // shown only by --help --all
}

// helpOf returns how the help shows a setting. A setting that is not named in this
// function stands below the heading of its group.
func helpOf(s setting) settingHelp {
	plain := func(heading, arg string) settingHelp { return settingHelp{heading, arg, false} }
	expert := func(heading, arg string) settingHelp { return settingHelp{heading, arg, true} }
	switch s.key {
	case "store":
		return plain(headingStorage, "sqlite|milvus")
	case "data_dir":
		return plain(headingStorage, "DIR")
	case "milvus_address":
		return plain(headingStorage, "HOST:PORT")
	case "milvus_token":
		return plain(headingStorage, "TOKEN")
	case "collection", "tenant":
		return plain(headingStorage, "NAME")
	case "embedder":
		return plain(headingModels, "EMBEDDER")
	case "device":
		return plain(headingModels, "auto|cpu|cuda")
	case "model":
		return plain(headingModels, "MODEL")
	case "ollama_address", "openai_address":
		return plain(headingModels, "URL")
	case "openai_extra":
		return expert(headingModels, "JSON")
	case "prompts":
		return plain(headingModels, "DIR")
	case "prompt_label":
		return expert(headingModels, "LABEL")
	case "context_tokens":
		return plain(headingModels, "N")
	case "think":
		return plain(headingModels, "")
	case "mode":
		return plain(headingSearch, "hybrid|dense|lexical")
	case "filter":
		return plain(headingSearch, "EXPRESSION")
	case "ef":
		return expert(headingSearch, "N")
	case "rerank":
		return plain(headingRerank, "RERANKER")
	case "rerank_address":
		return plain(headingRerank, "URL")
	case "rerank_min_score":
		return expert(headingRerank, "SCORE")
	case "rerank_windows":
		return expert(headingRerank, "N")
	case "calibration":
		return expert(headingAnswers, "FILE|A,B")
	case "strategy":
		return plain(headingAnswers, "STRATEGY")
	case "context":
		return plain(headingAnswers, "evidence|passages|auto")
	case "grading":
		return expert(headingAnswers, "SOURCE")
	case "delta", "relevance", "support", "support_several", "usefulness", "answerable", "several", "promising", "quotable":
		return expert(headingAnswers, "P")
	case "weight_relevance", "weight_support", "weight_usefulness":
		return expert(headingAnswers, "WEIGHT")
	case "width", "parallel", "sample_seed":
		return expert(headingAnswers, "N")
	case "max_iterations", "max_calls", "max_tokens", "timeout":
		return plain(headingBudget, "")
	case "split":
		return plain(headingIngest, "recursive|markdown|sentence|parent|none")
	case "max_file_mb":
		return plain(headingIngest, "MIB")
	case "allow_url":
		return plain(headingIngest, "HOSTS")
	case "parent_size":
		return expert(headingIngest, "N")
	case "listen":
		return plain(headingServer, "HOST:PORT")
	case "public_url":
		return plain(headingServer, "URL")
	case "cors_origins":
		return plain(headingServer, "ORIGINS")
	case "arms":
		return plain(headingServer, "STRATEGY=WEIGHT,...")
	case "concurrency", "queue", "burst", "queue_time", "shutdown_timeout":
		return plain(headingLoad, "")
	case "rate":
		return plain(headingLoad, "RATE")
	case "max_upload_mb":
		return plain(headingLoad, "MB")
	case "fence":
		return expert(headingServer, "")
	case "metrics_file", "trace_file":
		return plain(headingTraces, "FILE")
	case "trace":
		return plain(headingTraces, "auto|off")
	case "trace_sample":
		return plain(headingTraces, "SHARE")
	}
	return plain(headingOf(s.group), "")
}

// headingOf returns the heading of the settings of a group.
func headingOf(group string) string {
	switch group {
	case GroupSearch:
		return headingSearch
	case GroupRerank:
		return headingRerank
	case GroupIngest:
		return headingIngest
	case GroupAsk:
		return headingAnswers
	case GroupServe:
		return headingServer
	case GroupTrace, GroupCount:
		return headingTraces
	}
	return headingStorage
}

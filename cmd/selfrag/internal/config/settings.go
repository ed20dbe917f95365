package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"selfrag/agent"
	"selfrag/agent/call"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// Settings are the values that can be set by file, environment and flag.
type Settings struct {
	DataDir       string
	Tenant        string
	Collection    string
	Embedder      string
	Reranker      string
	RerankAddress string
	RerankWindows int
	// RerankMinScore is a number, or empty: any score will do, 0 among them.
	RerankMinScore string
	Device         string
	Model          string
	OllamaAddress  string
	OpenAIAddress  string
	OpenAIExtra    string
	Prompts        string
	PromptLabel    string
	MetricsFile    string
	Store          string
	MilvusAddress  string
	MilvusToken    Secret
	Ef             int

	K1, K2 int
	Mode   string
	Filter string

	Split        string
	ChunkSize    int
	ChunkOverlap int
	ParentSize   int
	AllowURLs    string

	Strategy       string
	MaxIterations  int
	MaxCalls       int
	Timeout        time.Duration
	ContextTokens  int
	MaxTokens      int
	Grading        string
	Context        string
	Promising      float64
	Quotable       float64
	Calibration    string
	Several        float64
	Certain        bool
	Width          int
	Parallel       int
	SampleSeed     int
	Delta          float64
	Relevance      float64
	Support        float64
	SupportSeveral float64
	Usefulness     float64
	Answerable     float64
	// The weights of the grades in the score of a round.
	WeightRelevance, WeightSupport, WeightUsefulness float64

	serveSettings
	Tracing traceSettings

	from map[string]string // where each value came from, by key
	// OfArm says that their file is that of one arm of a comparison.
	OfArm bool
	// Without are rules and heuristics that are left out, to measure their worth.
	Without []string
}

// setting describes one of them. Its key is its name in selfrag.yaml; the
// environment has SELFRAG_KEY in capitals, the flag has dashes.
type setting struct {
	key   string
	value any // pointer into settings
	usage string
	group string // the commands that take its flag
}

// Groups of settings by the commands that they matter to.
const (
	GroupAll    = "all"
	GroupSearch = "search"
	GroupRerank = "rerank"
	GroupIngest = "ingest"
	GroupAsk    = "ask"
	GroupCount  = "count"
	GroupTrace  = "trace"
	groupNone   = "" // no flag: only the file and the environment
)

// The stores that the setting "store" names.
const (
	StoreSQLite = "sqlite"
	StoreMilvus = "milvus"
)

// NoEmbedder is the embedder of a collection that has no vectors.
const NoEmbedder = "none"

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

// Default returns the settings where no file, environment or flag sets them. What
// a package has a default for is read from there.
func Default(getenv func(string) string) Settings {
	home := cmp.Or(getenv("XDG_DATA_HOME"), filepath.Join(getenv("HOME"), ".local", "share"))
	s := Settings{
		DataDir:    filepath.Join(home, "selfrag"),
		Collection: "default",
		Store:      StoreSQLite, MilvusAddress: "127.0.0.1:19530", Ef: 100,
		Embedder: "auto",
		Reranker: "auto", RerankWindows: 1, Device: "auto",
		K1: 20, K2: 5, Mode: string(retrieval.Hybrid),
		Split: ingest.Splits()[0], ChunkSize: 500, ChunkOverlap: 100, ParentSize: 2000,
		Strategy: agent.SelfRAG{}.Name(), MaxCalls: call.DefaultCalls, MaxTokens: call.DefaultTokens, Timeout: 5 * time.Minute,
		Grading: string(agent.GradeEvidence), Context: string(agent.ContextAuto), Several: 0.2, Promising: agent.DefaultPromising, Quotable: agent.DefaultQuotable, Width: 1, Parallel: 1, WeightRelevance: 1, WeightSupport: 1, WeightUsefulness: 0.5,
		ContextTokens: 4096,
		Delta:         0.2, Relevance: 0.2, Support: 0.5, SupportSeveral: 0.8, Usefulness: 0.5, Answerable: agent.DefaultAnswerable,
		Tracing: defaultTraceSettings(), serveSettings: defaultServeSettings(),
		from: map[string]string{},
	}
	for _, f := range s.table() {
		s.from[f.key] = "default"
	}
	return s
}

// AddFlags declares the flags of the groups on a command, with the values of s
// as their defaults. What they are set to, loadSettings takes.
func (s Settings) AddFlags(flags *pflag.FlagSet, groups ...string) {
	for _, f := range s.table() {
		if slices.Contains(groups, f.group) {
			flags.Var(value{f.value}, flagOf(f.key), f.usage)
		}
	}
}

// AddFlag declares the flag of one setting, with words of the command's own.
func (s Settings) AddFlag(flags *pflag.FlagSet, key, usage string) {
	flags.Var(s.value(key), flagOf(key), usage)
}

// Load reads the file and the environment beneath the flags that were
// given. explicit is the file named by the caller, which must exist; without one,
// selfrag.yaml in the working folder is read if it is there. A flag of the same
// name that is no setting's counts for nothing here.
func Load(explicit string, getenv func(string) string, flags *pflag.FlagSet) (Settings, error) {
	s := Default(getenv)
	path := cmp.Or(explicit, getenv("SELFRAG_CONFIG"), "selfrag.yaml")
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == "selfrag.yaml":
	case err != nil:
		return s, fault.Usagef("read the configuration: %w", err)
	default:
		if err := s.loadFile(path, content); err != nil {
			return s, fault.Usagef("configuration %s: %w", path, err)
		}
	}
	given := map[string]string{}
	flags.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(value); ok {
			given[f.Name] = v.text()
		}
	})
	for _, f := range s.table() {
		env := "SELFRAG_" + strings.ToUpper(f.key)
		if text := getenv(env); text != "" {
			if err := (value{f.value}).Set(text); err != nil {
				return s, fault.Usagef("environment variable %s: %w", env, err)
			}
			s.from[f.key] = "environment " + env
		}
		if text, ok := given[flagOf(f.key)]; ok {
			if err := (value{f.value}).Set(text); err != nil {
				return s, fault.Usagef("flag --%s: %w", flagOf(f.key), err)
			}
			s.from[f.key] = "flag --" + flagOf(f.key)
		}
	}
	return s, s.Check()
}

func (s *Settings) loadFile(path string, content []byte) error {
	var file map[string]yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(content)).Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	known := map[string]setting{}
	for _, f := range s.table() {
		known[f.key] = f
	}
	for key, node := range file {
		f, ok := known[key]
		if !ok {
			return fmt.Errorf("line %d: unknown key %q; `selfrag config show` lists the known ones", node.Line, key)
		}
		if node.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: %s must be a single value", node.Line, key)
		}
		if err := (value{f.value}).Set(node.Value); err != nil {
			return fmt.Errorf("line %d: %s: %w", node.Line, key, err)
		}
		s.from[key] = "file " + path
	}
	return nil
}

// With is a copy in which one setting has another value, and comes from there. A
// value that cannot be is an error.
func (s Settings) With(key, text, from string) (Settings, error) {
	s.from = maps.Clone(s.from)
	s.from[key] = from
	if err := s.value(key).Set(text); err != nil {
		return s, err
	}
	return s, s.Check()
}

// Text is the value of a setting as a file or a flag holds it.
func (s Settings) Text(key string) string { return s.value(key).text() }

// Origin says where the value of a setting came from: "default", "file PATH",
// "environment NAME", "flag --NAME" or fromChat. It is empty for no setting.
func (s Settings) Origin(key string) string { return s.from[key] }

// value is the setting of a key, which must be one.
func (s *Settings) value(key string) value {
	for _, f := range s.table() {
		if f.key == key {
			return value{f.value}
		}
	}
	return value{}
}

// Row is a setting as it is shown.
type Row struct {
	Key   string `json:"key"`
	Value string `json:"value"` // a secret is masked
	From  string `json:"from"`
	Usage string `json:"usage"`
}

// Rows are all settings, in the order of the documentation.
func (s Settings) Rows() []Row {
	var rows []Row
	for _, f := range s.table() {
		rows = append(rows, Row{f.key, value{f.value}.String(), s.from[f.key], f.usage})
	}
	return rows
}

// Fingerprint holds the settings by key that answers depend on: not where things
// are, nor how the program is watched or served.
func (s Settings) Fingerprint() map[string]string {
	out := map[string]string{}
	for _, f := range s.table() {
		switch f.key {
		case "rerank_address", "device", "allow_url":
			continue
		}
		if f.key == "embedder" || slices.Contains([]string{GroupSearch, GroupRerank, GroupIngest, GroupAsk}, f.group) {
			out[f.key] = value{f.value}.text()
		}
	}
	return out
}

func flagOf(key string) string { return strings.ReplaceAll(key, "_", "-") }

package config

import (
	"maps"
	"slices"
	"time"
)

// Settings holds the values that can be set by file, environment and flag.
type Settings struct {
	DataDir       string
	Tenant        string
	Collection    string
	Embedder      string
	Reranker      string
	RerankAddress string
	RerankWindows int
	// RerankMinScore is a number as text, because 0 is a possible minimum. The
	// empty text means no minimum.
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
	MaxFileMB    int
	AllowURLs    string
	Readers      List
	ReaderTime   time.Duration

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
	Think          bool
	Width          int
	Parallel       int
	SampleSeed     int
	Delta          float64
	Relevance      float64
	Support        float64
	SupportSeveral float64
	Usefulness     float64
	Answerable     float64
	// The weights of the grades in the score of a round of the loop.
	WeightRelevance, WeightSupport, WeightUsefulness float64

	serveSettings
	Tracing traceSettings

	from map[string]string // origin of each value, by key of the setting
	// OfArm says that the settings were read from the configuration file of one
	// arm of an A/B comparison.
	OfArm bool
	// Without lists what a run leaves out to measure its effect: rules for
	// checking claims, such as "number", and heuristics of the loop.
	Without []string
}

// The values of the setting "store".
const (
	StoreSQLite = "sqlite"
	StoreMilvus = "milvus"
)

// NoEmbedder is the value of the setting "embedder" for a collection without
// vectors.
const NoEmbedder = "none"

// With returns a copy of the settings in which one setting is changed. key
// names the setting, text is its new value in the form of a flag, and from is
// recorded as the origin of the value. With returns an error if the value is
// invalid.
func (s Settings) With(key, text, from string) (Settings, error) {
	s.from = maps.Clone(s.from)
	s.from[key] = from
	if err := s.value(key).replace(text); err != nil {
		return s, err
	}
	return s, s.Check()
}

// Text returns the value of a setting as text, in the form in which a user
// writes it in selfrag.yaml or as a flag.
func (s Settings) Text(key string) string { return s.value(key).text() }

// Origin returns the origin of a setting's value: "default", "file PATH",
// "environment NAME", "flag --NAME" or FromChat. It returns "" for an unknown
// key.
func (s Settings) Origin(key string) string { return s.from[key] }

// value returns the setting with the given key, which must exist.
func (s *Settings) value(key string) value {
	for _, f := range s.table() {
		if f.key == key {
			return value{ptr: f.value}
		}
	}
	return value{}
}

// Row is a setting for display.
type Row struct {
	Key   string `json:"key"`
	Value string `json:"value"` // secrets are masked
	From  string `json:"from"`
	Usage string `json:"usage"`
}

// Rows returns all settings in the order of the documentation.
func (s Settings) Rows() []Row {
	var rows []Row
	for _, f := range s.table() {
		rows = append(rows, Row{f.key, value{ptr: f.value}.String(), s.from[f.key], f.usage})
	}
	return rows
}

// Fingerprint returns the settings that answers depend on, by key. It leaves
// out addresses and paths, and the settings of tracing, metrics and the server.
func (s Settings) Fingerprint() map[string]string {
	out := map[string]string{}
	for _, f := range s.table() {
		switch f.key {
		case "rerank_address", "allow_url", "reader", "reader_time":
			continue
		}
		if f.key == "embedder" || slices.Contains([]string{GroupSearch, GroupRerank, GroupIngest, GroupAsk}, f.group) {
			out[f.key] = value{ptr: f.value}.text()
		}
	}
	return out
}

package embed

import (
	"cmp"
	"strings"

	"selfrag/retrieval"
)

// Pooling says how the token vectors of a text are combined into one.
type Pooling string

// The poolings that models are trained with.
const (
	Mean Pooling = "mean" // the mean of all tokens, special ones included
	CLS  Pooling = "cls"  // the vector of the first token
	Last Pooling = "last" // the vector of the last token
)

// Profile describes how to use a model, as it was trained. With another prompt
// or pooling the vectors still look right but find less. The zero value is for
// a model without prompts, with mean pooling, for many languages.
type Profile struct {
	QueryPrompt   string  // put before a query
	PassagePrompt string  // put before a passage
	Pooling       Pooling // Mean
	MaxTokens     int     // maximum length of a text, with special tokens; 0: 512
	// Windows is the maximum number of windows of MaxTokens that a local model
	// reads of a text. The vector of the text is the mean over the tokens of
	// all windows. 0: a text is cut at MaxTokens.
	Windows   int
	Languages []string // ISO 639-1 codes; none: many
}

// known lists the models by the prefix of their names, the more special first.
// Poolings are from the files that the models' authors publish for
// sentence-transformers; prompts are from their model cards.
func known() []struct {
	prefix  string
	profile Profile
} {
	english := []string{"en"}
	const search = "Represent this sentence for searching relevant passages: "
	return []struct {
		prefix  string
		profile Profile
	}{
		// max_seq_length of all-MiniLM-L6-v2 is 256. nDCG@10 on NovelEval
		// agrees: 74.1 with 256 tokens, 73.0 with 512, which the model could
		// read, and less with 128.
		{"all-minilm", Profile{MaxTokens: 256, Languages: english}},
		{"paraphrase-multilingual-minilm", Profile{MaxTokens: 128}},
		// Wang et al., arXiv 2402.05672. The instruct models expect a task.
		{"multilingual-e5-large-instruct", Profile{QueryPrompt: "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "}},
		// nDCG@10 by vectors on the whole pages of autorag-ko is 0.805 with
		// windows and 0.770 when cut at 512 tokens.
		{"multilingual-e5", Profile{QueryPrompt: "query: ", PassagePrompt: "passage: ", Windows: 8}},
		// Wang et al., arXiv 2212.03533.
		{"e5-", Profile{QueryPrompt: "query: ", PassagePrompt: "passage: ", Languages: english}},
		// Li and Li, arXiv 2309.12871; mixedbread's model card.
		{"mxbai-embed-large", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		{"mxbai-embed", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		// Nussbaum et al., arXiv 2402.01613; version 2 is for many languages.
		{"nomic-embed-text-v2", Profile{QueryPrompt: "search_query: ", PassagePrompt: "search_document: "}},
		{"nomic-embed-text", Profile{QueryPrompt: "search_query: ", PassagePrompt: "search_document: ", Languages: english}},
		// Chen et al., arXiv 2402.03216. KURE and its relatives are bge-m3
		// trained on Korean.
		{"bge-m3", Profile{Pooling: CLS}},
		{"kure-v1", Profile{Pooling: CLS}},
		{"koe5", Profile{QueryPrompt: "query: ", PassagePrompt: "passage: "}},
		// Xiao et al., arXiv 2309.07597.
		{"bge-small-en", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		{"bge-base-en", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		{"bge-large-en", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		// Merrick et al., arXiv 2405.05374 and 2412.04506 (version 2: another
		// prompt, many languages). Ollama calls the latter arctic-embed2.
		{"snowflake-arctic-embed2", Profile{QueryPrompt: "query: ", Pooling: CLS}},
		{"snowflake-arctic-embed-l-v2", Profile{QueryPrompt: "query: ", Pooling: CLS}},
		{"snowflake-arctic-embed-m-v2", Profile{QueryPrompt: "query: ", Pooling: CLS}},
		{"snowflake-arctic-embed", Profile{QueryPrompt: search, Pooling: CLS, Languages: english}},
		// Li et al., arXiv 2308.03281; Zhang et al., arXiv 2407.19669.
		{"gte-multilingual", Profile{Pooling: CLS}},
		{"gte-modernbert", Profile{Pooling: CLS, Languages: english}},
		{"gte-base-en-v1.5", Profile{Pooling: CLS, Languages: english}},
		{"gte-large-en-v1.5", Profile{Pooling: CLS, Languages: english}},
		{"gte-small", Profile{Languages: english}},
		{"gte-base", Profile{Languages: english}},
		{"gte-large", Profile{Languages: english}},
		// Sturua et al., arXiv 2409.10173: the prompts of its retrieval adapters.
		{"jina-embeddings-v3", Profile{
			QueryPrompt:   "Represent the query for retrieving evidence documents: ",
			PassagePrompt: "Represent the document for retrieval: ",
		}},
		{"jina-embeddings-v2-base-en", Profile{Languages: english}},
		{"jina-embeddings-v2-small-en", Profile{Languages: english}},
		// Zhang et al., arXiv 2506.05176.
		{"qwen3-embedding", Profile{
			QueryPrompt: "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:",
			Pooling:     Last,
		}},
		// Google's model card.
		{"embeddinggemma", Profile{QueryPrompt: "task: search result | query: ", PassagePrompt: "title: none | text: "}},
	}
}

// ProfileOf returns the profile of a model and whether the model is known. The
// name is that in Ollama's library or on Hugging Face, such as
// "mxbai-embed-large:latest" or "intfloat/multilingual-e5-small". An unknown
// model has the zero Profile.
func ProfileOf(model string) (Profile, bool) {
	name := strings.ToLower(model[strings.LastIndex(model, "/")+1:])
	name, _, _ = strings.Cut(name, ":")
	for _, k := range known() {
		if strings.HasPrefix(name, k.prefix) {
			return k.profile, true
		}
	}
	return Profile{}, false
}

// Recorded returns the profile in a collection's record, for opening its
// embedder again. The record overrides what ProfileOf knows today. Recorded
// returns nil for a record without a profile.
func Recorded(spec retrieval.EmbedderSpec) *Profile {
	if !spec.SaysUse() {
		return nil
	}
	name, err := ParseName(spec.Model)
	if err != nil {
		return nil
	}
	p, _ := ProfileOf(name.Model)
	p.QueryPrompt, p.PassagePrompt = spec.QueryPrompt, spec.PassagePrompt
	p.MaxTokens, p.Languages = spec.MaxTokens, spec.Languages
	if spec.Pooling != "server" {
		p.Pooling = Pooling(spec.Pooling)
	}
	return &p
}

// profileFor returns the given profile, or else that of the model.
func profileFor(model string, given *Profile) Profile {
	if given != nil {
		return *given
	}
	p, _ := ProfileOf(model)
	return p
}

func (p Profile) withDefaults() Profile {
	p.Pooling = cmp.Or(p.Pooling, Mean)
	p.MaxTokens = cmp.Or(p.MaxTokens, 512)
	return p
}

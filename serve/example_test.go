package serve_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/sqlite"
	"selfrag/serve"
	"selfrag/session"
)

// parts are those of a service over one SQLite file: it searches by words, answers
// by quoting, and takes no uploads.
type parts struct{ db *sqlite.DB }

func (p parts) Library(_ context.Context, t serve.Tenant) (serve.Library, error) {
	name, err := t.Name()
	if err != nil {
		return nil, err
	}
	db, err := p.db.Tenant(name)
	if err != nil {
		return nil, err
	}
	return serve.LibraryOf(db), nil
}

func (p parts) Retriever(_ context.Context, _ string, c serve.Collection, o serve.SearchOptions) (agent.Retriever, agent.EvidenceFinder, error) {
	search, err := retrieval.New(c, nil, nil, retrieval.Config{Mode: retrieval.Lexical, K1: o.K1, K2: o.K2, Filter: o.Filter})
	return search, evidence.New(nil, evidence.Config{}), err
}

func (p parts) Agent(ctx context.Context, name string, c serve.Collection, o serve.AskOptions) (*agent.Agent, error) {
	search, finder, err := p.Retriever(ctx, name, c, o.SearchOptions)
	if err != nil {
		return nil, err
	}
	return agent.New(nil, search, nil, agent.Config{Strategy: agent.Extractive{}, Evidence: finder, Answerable: agent.NoThreshold})
}

func (parts) Model(context.Context) (llms.Model, error) {
	return nil, errors.New("there is no language model")
}

func (parts) Reranker(context.Context) (retrieval.Reranker, error) { return nil, nil }

func (parts) Type(string, io.ReaderAt, int64) (string, error) {
	return "", errors.New("there are no uploads")
}

func (parts) Ingest(context.Context, serve.Library, string, []serve.IngestFile, func(serve.IngestProgress)) error {
	return errors.New("there are no uploads")
}

// A service answers in the one tenant and the collections that a grant allows.
func ExampleNew() {
	if err := answerInTenant(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// harbour: The ferry to Oda leaves at seven. [1]
	// airport: there is no such collection
}

func answerInTenant(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "service-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(ctx, filepath.Join(dir, "documents.db"), sqlite.Config{})
	if err != nil {
		return err
	}
	defer db.Close()
	harbour, err := db.Tenant("harbour")
	if err != nil {
		return err
	}
	notes, err := harbour.Create(ctx, "notes", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		return err
	}
	const text = "The ferry to Oda leaves at seven."
	doc := retrieval.Document{ID: "1", Source: "ferries.md", Title: "Ferries", Text: text}
	if err := notes.Put(ctx, doc, []retrieval.Passage{{ID: "1#0", Document: "1", Source: doc.Source, Title: doc.Title, Text: text, End: len(text)}}, [][]float32{nil}); err != nil {
		return err
	}

	p := parts{db}
	service, err := serve.New(serve.Config{
		Libraries: p, Engine: p, Models: p, Ingester: p, Collection: "notes", Strategy: "extractive", Secret: []byte("a secret of replicas"),
		Sessions: func(serve.Tenant) (*session.Store, error) { return session.In(filepath.Join(dir, "sessions")), nil },
	})
	if err != nil {
		return err
	}
	for _, tenant := range []string{"harbour", "airport"} {
		turn, err := service.For(serve.Allow(tenant, nil, false)).Ask(ctx, serve.Question{Text: "When does the ferry to Oda leave?"})
		if told := (*serve.Error)(nil); errors.As(err, &told) {
			fmt.Printf("%s: %s\n", tenant, told.Message) // the rest of it is for the log
			continue
		}
		if err != nil {
			return err
		}
		answer, err := agent.Last(turn.Events)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", tenant, answer.Text)
	}
	return nil
}

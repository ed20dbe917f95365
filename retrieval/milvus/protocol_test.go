package milvus

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/milvus-io/milvus-proto/go-api/v2/commonpb"
	"github.com/milvus-io/milvus-proto/go-api/v2/milvuspb"
	"github.com/milvus-io/milvus-proto/go-api/v2/schemapb"

	"selfrag/retrieval"
	"selfrag/retrieval/storetest"
)

// newest is a server that uses all that the protocol allows since 2.4.
var newest = speech{onlyNewCodes: true, noColumns: true, added: true, unasked: true}

func openProtocol(tb testing.TB, address string) *DB {
	tb.Helper()
	return opened(tb, Config{Address: address})
}

// opened returns a DB that the end of the test closes.
func opened(tb testing.TB, cfg Config) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// TestProtocol runs the suite for all stores on a server that speaks the protocol
// of Milvus 2.6. It shows that our calls and our reading of answers fit that
// protocol, and not that a server of that version finds the same.
func TestProtocol(t *testing.T) {
	_, address := serveProtocol(t, newest)
	if db := openProtocol(t, address); db.Version() != "2.6.0" || !db.HasLexical() {
		t.Errorf("version %s, lexical %v", db.Version(), db.HasLexical())
	}
	storetest.Run(t, storetest.Store{
		Open: func(t testing.TB) storetest.DB { return storetest.Adapt(openProtocol(t, address)) },
		Tenant: func(t testing.TB, tenant string) storetest.DB {
			view, err := openProtocol(t, address).Tenant(tenant)
			if err != nil {
				t.Fatal(err)
			}
			return storetest.Adapt(view)
		},
	})
}

// stocked returns a collection of one document.
func stocked(t *testing.T, s speech) (*protocolServer, *Collection) {
	t.Helper()
	server, address := serveProtocol(t, s)
	c, err := openProtocol(t, address).Create(t.Context(), "답", retrieval.EmbedderSpec{Model: "test/two", Dimensions: 3})
	if err != nil {
		t.Fatal(err)
	}
	doc := retrieval.Document{ID: "d", Source: "a.md", Text: "등대"}
	if err := c.Put(t.Context(), doc, []retrieval.Passage{{ID: "p", Text: "등대", End: 2}}, [][]float32{{1, 0, 0}}); err != nil {
		t.Fatal(err)
	}
	return server, c
}

func find(ctx context.Context, c *Collection) (int, error) {
	found, err := c.Dense(ctx, retrieval.Request{Vector: []float32{1, 0, 0}, K: 1})
	return len(found), err
}

// TestCodes holds how the errors of newer servers are taken, which have codes
// that the SDK does not read.
func TestCodes(t *testing.T) {
	for _, s := range []speech{{}, newest} {
		server, c := stocked(t, s)
		again := func(code int32, retriable bool) *commonpb.Status {
			answer := server.refuse(code, "server says %d", code)
			answer.Retriable = retriable
			return answer
		}
		for _, tt := range []struct {
			name   string
			answer *commonpb.Status
			times  int
			fails  string // part of the error; empty: the search succeeds in the end
		}{
			{"not ready", again(codeNotReady, true), 2, ""},
			{"too many calls", again(codeRateLimit, true), 2, ""},
			{"retriable", again(2200, true), 2, ""},
			{"not retriable", again(5, false), 1, "server says 5 (code 5)"},
			{"not loaded", again(codeCollectionNotLoaded, false), 1, ""},
			{"being loaded", again(codeCollectionNotFullyLoad, true), 1, ""},
			{"a partition is being loaded", again(codePartitionNotFullyLoaded, true), 1, ""},
			{"for ever retriable", again(2200, true), 100, "server says 2200"},
		} {
			answers := make([]*commonpb.Status, tt.times)
			for i := range answers {
				answers[i] = tt.answer
			}
			server.fail("Search", answers...)
			n, err := find(t.Context(), c)
			switch {
			case tt.fails == "" && (err != nil || n != 1 || server.left("Search") > 0):
				t.Errorf("%+v: %s: found %d, %v; %d answers left", s, tt.name, n, err, server.left("Search"))
			case tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)):
				t.Errorf("%+v: %s: got %v", s, tt.name, err)
			}
			server.fail("Search")
		}
		server.fail("Query", server.refuse(codeCollectionNotFound, "gone"))
		if _, err := c.Documents(t.Context()); !errors.Is(err, retrieval.ErrUnknownCollection) {
			t.Errorf("%+v: a collection that is gone: %v", s, err)
		}
		// A server that restarts has forgotten what was loaded.
		server.release()
		if n, err := find(t.Context(), c); err != nil || n != 1 {
			t.Errorf("%+v: after a restart: found %d, %v", s, n, err)
		}
	}
}

// TestImpossibleAnswers holds that an answer that contradicts itself is an error.
// The SDK reads beyond the ends of lists then.
func TestImpossibleAnswers(t *testing.T) {
	text := func(n int) *schemapb.FieldData {
		return columnData(&schemapb.FieldSchema{Name: "name", DataType: schemapb.DataType_VarChar}, make([]keptRow, n))
	}
	vector := &schemapb.FieldData{Type: schemapb.DataType_FloatVector, FieldName: "vector", Field: &schemapb.FieldData_Vectors{
		Vectors: &schemapb.VectorField{Data: &schemapb.VectorField_FloatVector{FloatVector: &schemapb.FloatArray{Data: []float32{1, 2, 3}}}},
	}}
	names := []string{"name", "vector"}
	for name, tt := range map[string]struct {
		answer any
		ok     bool
	}{
		"two rows":              {&schemapb.SearchResultData{NumQueries: 1, Topks: []int64{2}, Scores: []float32{2, 1}, FieldsData: []*schemapb.FieldData{text(2)}}, true},
		"nothing found":         {&schemapb.SearchResultData{NumQueries: 2, Topks: []int64{0, 0}}, true},
		"no numbers of results": {&schemapb.SearchResultData{NumQueries: 2}, false},
		"less than no result":   {&schemapb.SearchResultData{NumQueries: 1, Topks: []int64{-1}}, false},
		"too few scores":        {&schemapb.SearchResultData{NumQueries: 1, Topks: []int64{2}, Scores: []float32{1}}, false},
		"too few ids":           {&schemapb.SearchResultData{NumQueries: 1, Topks: []int64{2}, Scores: []float32{1, 1}, Ids: textIDs([]string{"a"})}, false},
		"too few values":        {&schemapb.SearchResultData{NumQueries: 1, Topks: []int64{2}, Scores: []float32{2, 1}, FieldsData: []*schemapb.FieldData{text(1)}}, false},
		"rows of one length":    {&milvuspb.QueryResults{FieldsData: []*schemapb.FieldData{text(2)}}, true},
		"vectors of no length":  {&milvuspb.QueryResults{FieldsData: []*schemapb.FieldData{vector}}, false},
		"rows of two lengths": {&milvuspb.QueryResults{FieldsData: []*schemapb.FieldData{
			columnData(&schemapb.FieldSchema{Name: "vector", DataType: schemapb.DataType_Int64}, make([]keptRow, 1)), text(2),
		}}, false},
		"another type": {&milvuspb.QueryResults{FieldsData: []*schemapb.FieldData{{Type: schemapb.DataType_Geometry, FieldName: "name"}}}, false},
	} {
		var req any = &milvuspb.QueryRequest{OutputFields: names}
		if d, ok := tt.answer.(*schemapb.SearchResultData); ok {
			req, tt.answer = &milvuspb.SearchRequest{OutputFields: names}, &milvuspb.SearchResults{Results: d}
		}
		if err := readable(req, tt.answer); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestHasSparse(t *testing.T) {
	for version, want := range map[string]bool{
		"v2.3.5-lite": false, "v2.2.16": false, "v2.4.10": true, "2.6.0": true, "v2.10.1": true, "v3.0.0": true, "milvus_lite-3.2.2": true,
		"2.6-20250819-07695f70": true, "master-20250819-abc": true,
		"Zilliz Cloud Vector Database(Compatible with Milvus 2.5)": true, "Zilliz Cloud Vector Database(Compatible with Milvus 2.3)": false,
	} {
		if got := hasSparse(version); got != want {
			t.Errorf("%s: got %v", version, got)
		}
	}
}

// TestOneBorder holds that one file knows the SDK, which is archived.
func TestOneBorder(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var border []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, "milvus-sdk-go") && !strings.HasSuffix(name, "_test.go") {
				border = append(border, name)
				break
			}
		}
	}
	if len(border) != 1 || border[0] != "sdk.go" {
		t.Errorf("the SDK is imported by %v, want sdk.go alone", border)
	}
}

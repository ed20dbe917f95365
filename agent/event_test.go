package agent_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/agent"
)

// TestEveryEventHasItsCase reads the sources. A switch over most types of
// events must have a case for each type, even an empty one, so that a new event
// is not forgotten. A switch over a few types is left alone.
func TestEveryEventHasItsCase(t *testing.T) {
	events := eventTypes(t)
	if len(events) < 10 {
		t.Fatalf("only the events %v are found", events)
	}
	consumers := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for n := range ast.Preorder(file) {
			s, ok := n.(*ast.TypeSwitchStmt)
			if !ok {
				continue
			}
			cases := casesOf(s)
			missing := slices.DeleteFunc(slices.Clone(events), func(e string) bool { return cases[e] })
			if len(missing) > len(events)/2 {
				continue
			}
			if consumers++; len(missing) > 0 {
				t.Errorf("%s has no case for %s", files.Position(s.Pos()), strings.Join(missing, ", "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if consumers < 3 {
		t.Errorf("%d switches on events, want those of the command line, its reasoning, and the server", consumers)
	}
}

// eventTypes returns the names of the types in event.go with the method of an
// event.
func eventTypes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "event" && f.Recv != nil {
			out = append(out, f.Recv.List[0].Type.(*ast.Ident).Name)
		}
	}
	return out
}

// casesOf returns the types of package agent for which a switch has a case.
func casesOf(s *ast.TypeSwitchStmt) map[string]bool {
	out := map[string]bool{}
	for _, clause := range s.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			if sel, ok := e.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "agent" {
					out[sel.Sel.Name] = true
				}
			}
		}
	}
	return out
}

func TestStrategiesAreFoundByName(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range agent.StrategyNames() {
		s, ok := agent.StrategyNamed(name)
		if !ok || s.Name() != name || seen[name] {
			t.Errorf("%q: got %v, %v", name, s, ok)
		}
		seen[name] = true
	}
	if want := []string{"auto", "cot", "extractive", "mcts", "self-rag", "two-stage"}; !slices.Equal(slices.Sorted(maps.Keys(seen)), want) {
		t.Errorf("got the strategies %v", seen)
	}
	for _, name := range []string{"", "Self-RAG", "none"} {
		if s, ok := agent.StrategyNamed(name); ok || s != nil {
			t.Errorf("%q: got %v", name, s)
		}
	}
}

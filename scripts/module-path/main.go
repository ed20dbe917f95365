// Command module-path renames the Go module of a checkout. Whoever publishes a fork
// needs it, because Go fetches a module only by the path in its go.mod.
//
//	go run ./scripts/module-path NEW [DIR]
//
// It changes the module line of go.mod, the imports of every Go file, and the
// packages that the tests at the root name. Names that are not packages, such as
// those of traces, stay. Exit codes: 0 done, 1 failed, 2 wrong usage.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) == 0 || len(args) > 2 {
		fmt.Fprintln(os.Stderr, "usage: module-path NEW [DIR], as in module-path github.com/me/selfrag")
		return 2
	}
	dir := "."
	if len(args) == 2 {
		dir = args[1]
	}
	if err := checkPath(args[0]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 2
	}
	n, err := rename(dir, args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	fmt.Printf("the module is %s now; %d files changed\n", args[0], n)
	return 0
}

// element matches one element of a module's path.
var element = regexp.MustCompile(`^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$`)

// checkPath returns an error if Go cannot fetch a module by this path.
func checkPath(path string) error {
	elements := strings.Split(path, "/")
	for _, e := range elements {
		if !element.MatchString(e) || strings.HasSuffix(e, ".") {
			return fmt.Errorf("%q is not the path of a module: write HOST/NAME, as in github.com/me/selfrag", path)
		}
	}
	if len(elements) < 2 || !strings.Contains(elements[0], ".") {
		return fmt.Errorf("%q does not begin with a host, so Go could not fetch it: write HOST/NAME, as in github.com/me/selfrag", path)
	}
	return nil
}

// moduleLine matches the line of go.mod that names the module.
var moduleLine = regexp.MustCompile(`(?m)^module[ \t]+(\S+)[ \t]*$`)

// rename renames the module in dir and returns the number of files that it
// changed. The go.mod is written last, so that a run that failed can be
// repeated.
func rename(dir, to string) (changed int, err error) {
	gomod := filepath.Join(dir, "go.mod")
	content, err := os.ReadFile(gomod)
	if err != nil {
		return 0, err
	}
	line := moduleLine.FindSubmatchIndex(content)
	if line == nil {
		return 0, fmt.Errorf("%s names no module", gomod)
	}
	from := string(content[line[2]:line[3]])
	if from == to {
		return 0, nil
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != dir && (d.Name() == ".git" || d.Name() == "testdata" || hasModule(path)):
			return fs.SkipDir
		case !d.Type().IsRegular() || filepath.Ext(path) != ".go":
			return nil
		}
		atRoot := filepath.Dir(path) == filepath.Clean(dir) && strings.HasSuffix(path, "_test.go")
		wrote, err := renameFile(path, from, to, atRoot)
		if wrote {
			changed++
		}
		return err
	})
	if err != nil {
		return changed, err
	}
	content = bytes.Join([][]byte{content[:line[2]], []byte(to), content[line[3]:]}, nil)
	return changed + 1, os.WriteFile(gomod, content, 0o644)
}

// hasModule reports whether a folder is a module of its own.
func hasModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// renameFile changes the imports of a file and, if literals is set, all its
// strings that begin with the module's path and a slash.
func renameFile(path, from, to string, literals bool) (wrote bool, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, content, parser.SkipObjectResolution)
	if err != nil {
		return false, err
	}
	imports := map[*ast.BasicLit]bool{}
	for _, spec := range file.Imports {
		imports[spec.Path] = true
	}
	var out []byte
	end := 0
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING || !imports[lit] && !literals {
			return true
		}
		text, unquoted := strconv.Unquote(lit.Value)
		rest, ours := strings.CutPrefix(text, from)
		if unquoted != nil || !ours || !strings.HasPrefix(rest, "/") && (rest != "" || !imports[lit]) {
			return true
		}
		at := set.Position(lit.Pos()).Offset
		out = append(append(out, content[end:at]...), strconv.Quote(to+rest)...)
		end = at + len(lit.Value)
		return true
	})
	if end == 0 {
		return false, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(path, append(out, content[end:]...), info.Mode().Perm())
}

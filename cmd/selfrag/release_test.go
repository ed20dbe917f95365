package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestReleaseIsOfThisProgram compares .goreleaser.yaml with what there is: the
// variables that the linker sets, the files of the archives, and the platforms
// that the check of a release looks for.
func TestReleaseIsOfThisProgram(t *testing.T) {
	root := filepath.Join("..", "..")
	content, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var release struct {
		Builds []struct {
			Main              string
			Goos, Goarch, Env []string
			Ldflags           []string
		}
		Archives []struct{ Files []yaml.Node }
		Dockers  []struct {
			Dockerfile string
			ExtraFiles []string `yaml:"extra_files"`
		} `yaml:"dockers_v2"`
		Snapshot struct {
			VersionTemplate string `yaml:"version_template"`
		}
	}
	if err := yaml.Unmarshal(content, &release); err != nil {
		t.Fatal(err)
	}
	if len(release.Builds) != 1 || len(release.Archives) != 1 || len(release.Dockers) != 1 {
		t.Fatalf("it holds %+v", release)
	}
	build := release.Builds[0]
	if build.Main != "./cmd/selfrag" || !slices.Contains(build.Env, "CGO_ENABLED=0") {
		t.Errorf("it builds %s with %q", build.Main, build.Env)
	}
	check, err := os.ReadFile(filepath.Join(root, "scripts", "check-release"))
	if err != nil {
		t.Fatal(err)
	}
	for _, goos := range build.Goos {
		for _, goarch := range build.Goarch {
			if !strings.Contains(string(check), " "+goos+"_"+goarch) {
				t.Errorf("scripts/check-release does not look for %s_%s", goos, goarch)
			}
		}
	}
	variables := topLevelVariables(t, "versioncmd.go")
	set := regexp.MustCompile(`-X main\.(\w+)=`).FindAllStringSubmatch(strings.Join(build.Ldflags, " "), -1)
	for _, m := range set {
		if !slices.Contains(variables, m[1]) {
			t.Errorf("the linker sets main.%s, which is no variable", m[1])
		}
	}
	if len(set) != len(variables) {
		t.Errorf("the linker sets %q of %q", set, variables)
	}
	for _, file := range release.Archives[0].Files {
		if file.Kind != yaml.ScalarNode { // made by scripts/release-files
			continue
		}
		pattern, _, _ := strings.Cut(file.Value, "/**")
		if found, err := filepath.Glob(filepath.Join(root, pattern)); err != nil || len(found) == 0 {
			t.Errorf("the archives hold %s, which is not there: %v", file.Value, err)
		}
	}
	for _, file := range append(release.Dockers[0].ExtraFiles, release.Dockers[0].Dockerfile) {
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Error(err)
		}
	}
	if !strings.HasPrefix("v"+release.Snapshot.VersionTemplate, nextRelease+"-") {
		t.Errorf("a snapshot is called %s, and the next release %s", release.Snapshot.VersionTemplate, nextRelease)
	}
	changes, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	if err != nil || !strings.Contains(string(changes), "\n## "+nextRelease) {
		t.Errorf("CHANGELOG.md has no %s: %v", nextRelease, err)
	}
}

// topLevelVariables returns the names of the variables of a file.
func topLevelVariables(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

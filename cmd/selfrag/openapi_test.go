package main

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"selfrag/serve/httpapi"
)

// contract checks answers against the OpenAPI file, whose schemas are JSON
// Schema 2020-12.
type contract struct {
	t       testing.TB
	file    map[string]any
	schemas *jsonschema.Compiler
	// paths holds the methods of each path in the file.
	paths map[string][]string
}

func openContract(t testing.TB) *contract {
	t.Helper()
	var file any
	if err := yaml.Unmarshal(httpapi.Description(), &file); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	if file, err = jsonschema.UnmarshalJSON(bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	c := &contract{t: t, file: file.(map[string]any), schemas: jsonschema.NewCompiler(), paths: map[string][]string{}}
	if err := c.schemas.AddResource("openapi.json", file); err != nil {
		t.Fatal(err)
	}
	for path, item := range c.file["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			if method != "parameters" {
				c.paths[path] = append(c.paths[path], strings.ToUpper(method))
			}
		}
	}
	return c
}

// guarded yields the path and method of each route that requires a key.
func (c *contract) guarded() iter.Seq2[string, string] {
	public := []string{"/healthz", "/readyz", "/api/v1/openapi.yaml"}
	return func(yield func(path, method string) bool) {
		for path, methods := range c.paths {
			for _, method := range methods {
				if !slices.Contains(public, path) && !yield(path, method) {
					return
				}
			}
		}
	}
}

// at returns the value at a JSON pointer of the file, after following
// references, and the pointer to it.
func (c *contract) at(pointer string) (any, string) {
	var v any = c.file
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		m, _ := v.(map[string]any)
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		if m, _ := v.(map[string]any); m["$ref"] != nil && strings.HasPrefix(m["$ref"].(string), "#/components/responses/") {
			pointer, _ = strings.CutPrefix(m["$ref"].(string), "#")
			return c.at(pointer)
		}
	}
	return v, pointer
}

// pathOf returns the path of the file that matches a request's path.
func (c *contract) pathOf(path string) string {
	best := ""
	for template := range c.paths {
		expression := "^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(template), "[^/]+") + "$"
		if strings.HasPrefix(template, "/v1/models/") {
			expression = "^/v1/models/.+$"
		}
		if regexp.MustCompile(expression).MatchString(path) && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best = template
		}
	}
	return best
}

// check checks an answer against the file. The body can be read again
// afterwards.
func (c *contract) check(req *http.Request, resp *http.Response) {
	c.t.Helper()
	path := c.pathOf(req.URL.EscapedPath())
	if path == "" || !slices.Contains(c.paths[path], req.Method) {
		return // the route is not in the file
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	fail := func(why any) {
		c.t.Errorf("%s %s answers %d otherwise than the OpenAPI file says: %v\n%s", req.Method, req.URL.Path, resp.StatusCode, why, body)
	}
	responses := "/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + strings.ToLower(req.Method) + "/responses/"
	answer, pointer := c.at(responses + strconv.Itoa(resp.StatusCode))
	if answer == nil {
		if answer, pointer = c.at(responses + "default"); answer == nil || resp.StatusCode < 400 {
			fail("no such status")
			return
		}
	}
	kinds, _ := answer.(map[string]any)["content"].(map[string]any)
	if kinds == nil {
		if len(body) > 0 {
			fail("there should be no body")
		}
		return
	}
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if kinds[kind] == nil {
		fail("no such content type: " + kind)
	}
	if kind != "application/json" {
		return
	}
	schema, err := c.schemas.Compile("openapi.json#" + pointer + "/content/application~1json/schema")
	if err != nil {
		c.t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		fail(err)
	}
}

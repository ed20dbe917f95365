package config

import (
	"os"
	"strings"
	"testing"
)

// The documents of a bucket are named without its endpoint, so two buckets of one name
// must not be kept in one collection.
func TestBucketsOfOneName(t *testing.T) {
	bucket := func(name, place, endpoint, collection string) Source {
		return Source{Name: name, Bucket: place, Endpoint: endpoint, Collection: collection}
	}
	for name, tc := range map[string]struct {
		sources SourceList
		err     string
	}{
		"two endpoints":       {SourceList{bucket("a", "s3://docs", "https://a.test", ""), bucket("b", "s3://docs/x", "https://b.test", "")}, "b: another source keeps a bucket docs"},
		"the default is one":  {SourceList{bucket("a", "s3://docs", "", ""), bucket("b", "s3://docs", "https://b.test", "main")}, "another source keeps"},
		"the default, named":  {SourceList{bucket("a", "s3://docs", "", ""), bucket("b", "s3://docs/x", DefaultEndpoint+"/", "main")}, ""},
		"two collections":     {SourceList{bucket("a", "s3://docs", "https://a.test", ""), bucket("b", "s3://docs", "https://b.test", "other")}, ""},
		"two names":           {SourceList{bucket("a", "s3://docs", "https://a.test", ""), bucket("b", "s3://notes", "https://b.test", "")}, ""},
		"two of one endpoint": {SourceList{bucket("a", "s3://docs/x", "https://a.test", ""), bucket("b", "s3://docs/y", "https://A.test/", "")}, ""},
	} {
		s := Default(os.Getenv)
		s.Collection, s.Sources = "main", tc.sources
		err := s.Check()
		if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
			t.Errorf("%s: got %v, want %q", name, err, tc.err)
		}
	}
}

// The name of a source becomes the name of a file and a part of a URL.
func TestNamesOfSources(t *testing.T) {
	for name, ok := range map[string]bool{
		"wiki": true, "위키_2": true, strings.Repeat("가", 64): true, strings.Repeat("가", 65): false,
		"": false, "-a": false, "a b": false, "a/b": false, "a.b": false, "a\n": false,
	} {
		s := Default(os.Getenv)
		s.Sources = SourceList{{Name: name, Folder: t.TempDir()}}
		if err := s.Check(); (err == nil) != ok {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

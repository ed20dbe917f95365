package langfuse_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"selfrag/internal/langfusetest"
	"selfrag/trace/langfuse"
)

func project(t *testing.T) (*langfuse.Client, *langfusetest.Server) {
	t.Helper()
	server := langfusetest.Start(t)
	client, err := langfuse.New(langfuse.Config{
		Host: server.URL, PublicKey: langfusetest.PublicKey, SecretKey: langfusetest.SecretKey, Tries: 2, Pause: time.Millisecond, Timeout: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, server
}

func TestPrompts(t *testing.T) {
	client, server := project(t)
	ctx := t.Context()
	p := langfuse.Prompt{
		Name: "selfrag/draft.ko", Text: "질문: {{data .Question}} <b>\n---", Labels: []string{"production"}, Tags: []string{"selfrag"},
		Config: json.RawMessage(`{"version":"1"}`), CommitMessage: "first",
	}
	for want := 1; want <= 2; want++ {
		if got, err := client.CreatePrompt(ctx, p); err != nil || got != want {
			t.Fatalf("version %d, %v", got, err)
		}
		p.Text, p.Labels = "second", nil
	}
	got, err := client.GetPrompt(ctx, p.Name, "production")
	if err != nil || got.Version != 1 || got.Text != "질문: {{data .Question}} <b>\n---" || !slices.Equal(got.Labels, []string{"production"}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := client.LabelPrompt(ctx, p.Name, 2, []string{"latest", "production"}); err != nil {
		t.Fatal(err)
	}
	if got, err := client.GetPrompt(ctx, p.Name, "production"); err != nil || got.Version != 2 || got.Text != "second" {
		t.Errorf("after the label moved: %+v, %v", got, err)
	}
	if got, err := client.GetPrompt(ctx, p.Name, langfuse.Latest); err != nil || got.Version != 2 {
		t.Errorf("the newest: %+v, %v", got, err)
	}
	if _, err := client.GetPrompt(ctx, p.Name, "staging"); !langfuse.NotFound(err) {
		t.Errorf("a label that nothing has: %v", err)
	}
	server.Edit("common/tone", "Be brief.", "production")
	server.Edit("selfrag/judge.en", "Judge. @@@langfusePrompt:name=common/tone|label=production@@@", "production")
	if got.Composed {
		t.Error("a prompt without references is composed")
	}
	if got, err := client.GetPrompt(ctx, "selfrag/judge.en", "production"); err != nil || !got.Composed || got.Text != "Judge. Be brief." {
		t.Errorf("a prompt that refers to another: %+v, %v", got, err)
	}
	server.EditChat("selfrag/plan.en", "production")
	if _, err := client.GetPrompt(ctx, "selfrag/plan.en", "production"); err == nil || langfuse.NotFound(err) || !strings.Contains(err.Error(), "chat prompt") {
		t.Errorf("a chat prompt: %v", err)
	}
	if _, err := client.CreatePrompt(ctx, langfuse.Prompt{Name: "a|b", Text: "x"}); err == nil || !strings.Contains(err.Error(), "400") {
		t.Errorf("a name that cannot be: %v", err)
	}
	if err := client.LabelPrompt(ctx, p.Name, 1, []string{"Not A Label"}); err == nil || !strings.Contains(err.Error(), "lowercase") {
		t.Errorf("a label that cannot be: %v", err)
	}
}

func TestListsHavePages(t *testing.T) {
	client, server := project(t)
	for i := range 230 {
		server.Edit(fmt.Sprintf("selfrag/p%03d", i), "x", "production")
	}
	server.Edit("selfrag/p000", "y")
	got, err := client.ListPrompts(t.Context(), "selfrag", "production")
	if err != nil || len(got) != 230 || got[0].Newest() != 1 || got[229].Name != "selfrag/p229" {
		t.Errorf("%d prompts, %v", len(got), err)
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests", n)
	}
	if got, err := client.ListPrompts(t.Context(), "other", ""); err != nil || len(got) != 0 {
		t.Errorf("of another tag: %v, %v", got, err)
	}
}

func TestDatasets(t *testing.T) {
	client, server := project(t)
	ctx := t.Context()
	id, err := client.PutDataset(ctx, "다리", "questions")
	if err != nil || id == "" || id != server.Dataset("다리") {
		t.Fatalf("id %q, %v", id, err)
	}
	if again, err := client.PutDataset(ctx, "다리", "questions"); err != nil || again != id {
		t.Errorf("made again: id %q, %v", again, err)
	}
	var items []langfuse.Item
	for i := range 130 {
		items = append(items, langfuse.Item{ID: fmt.Sprint(i), Input: json.RawMessage(fmt.Sprintf(`{"question": "%d?", "n": 1}`, i))})
	}
	for _, step := range []struct {
		change func()
		want   int
	}{
		{func() {}, 130},
		{func() {}, 0},
		{func() { items[7].Input = json.RawMessage(`{"n":1,"question":"7?"}`) }, 0}, // the same content, written differently
		{func() { items[7].ExpectedOutput = json.RawMessage(`{"answers":["a"]}`) }, 1},
		{func() { items = items[:5] }, 0},
	} {
		step.change()
		if changed, err := client.PutItems(ctx, "다리", items); err != nil || changed != step.want {
			t.Errorf("%d items changed, want %d; %v", changed, step.want, err)
		}
	}
	if got := server.Items("다리"); len(got) != 130 {
		t.Errorf("%d items are there", len(got))
	}
	if _, err := client.PutDataset(ctx, "other", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutItems(ctx, "other", items[:1]); err == nil || !strings.Contains(err.Error(), "other than other") {
		t.Errorf("an id of another dataset: %v", err)
	}
	if _, err := client.PutItems(ctx, "nowhere", items[:1]); !langfuse.NotFound(err) {
		t.Errorf("a dataset that is not there: %v", err)
	}
}

// TestFaults asks a Langfuse that fails in every way, and checks that no error
// contains a key.
func TestFaults(t *testing.T) {
	client, server := project(t)
	for status, want := range map[int]string{
		400: "HTTP 400", 401: "refused the key", 404: "404", 429: "429", 500: "HTTP 500", langfusetest.Hang: "no answer within",
	} {
		server.Fail(status)
		server.Requests()
		for name, do := range map[string]func() error{
			"get":  func() error { _, err := client.GetPrompt(t.Context(), "selfrag/draft.en", "production"); return err },
			"list": func() error { _, err := client.ListPrompts(t.Context(), "selfrag", ""); return err },
			"create": func() error {
				_, err := client.CreatePrompt(t.Context(), langfuse.Prompt{Name: "a", Text: "b"})
				return err
			},
			"label":   func() error { return client.LabelPrompt(t.Context(), "a", 1, []string{"b"}) },
			"dataset": func() error { _, err := client.PutDataset(t.Context(), "a", ""); return err },
			"items":   func() error { _, err := client.PutItems(t.Context(), "a", nil); return err },
		} {
			if status == langfusetest.Hang && name != "get" {
				continue // each takes seconds
			}
			err := do()
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d, %s: got %v, want %q", status, name, err, want)
				continue
			}
			for _, secret := range []string{langfusetest.SecretKey, strings.TrimPrefix(client.Authorization(), "Basic ")} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%d, %s: a key is in %v", status, name, err)
				}
			}
			again := status == 429 || status >= 500 || status == langfusetest.Hang
			if n := len(server.Requests()); n != map[bool]int{true: 2, false: 1}[again] {
				t.Errorf("%d, %s: %d requests", status, name, n)
			}
			if unreachable := (*langfuse.UnreachableError)(nil); errors.As(err, &unreachable) != again {
				t.Errorf("%d, %s: got %T", status, name, errors.Unwrap(err))
			}
		}
	}
}

package ollama_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/ollama"
)

// scenario is a test of the client against qwen2.5-coder:0.5b. All run twice: on recorded answers, and with the build tag
// integration on a real server.
type scenario struct {
	name string
	run  func(*testing.T, *ollama.Client)
}

func scenarios() []scenario {
	return []scenario{
		{"chat in English", chats("What is the capital of France? Answer in one sentence.", "Paris")},
		{"chat in Korean", chats("대한민국의 수도는 어디입니까? 한 문장으로 답하세요.", "서울")},
		{"stream", streams},
		{"answer cut short", cutShort},
		{"stop word", stopWord},
		{"schema", answersBySchema},
		{"next token in English", nextTokenEnglish},
		{"next token in Korean", nextTokenKorean},
		{"next token ends the turn", nextTokenEndsTurn},
		{"next token after bare text", nextTokenAfter},
		{"prefill", prefill},
		{"prompt too long", promptTooLong},
		{"model missing", modelMissing},
		{"embeddings", embeds},
		{"models", lists},
	}
}

func chats(question, want string) func(*testing.T, *ollama.Client) {
	return func(t *testing.T, client *ollama.Client) {
		resp, err := client.GenerateContent(t.Context(), human(question), llms.WithMaxTokens(60))
		if err != nil {
			t.Fatal(err)
		}
		choice := resp.Choices[0]
		if !strings.Contains(choice.Content, want) || choice.StopReason != "stop" {
			t.Errorf("got %q, stopped by %q", choice.Content, choice.StopReason)
		}
		prompt, _ := choice.GenerationInfo["PromptTokens"].(int)
		completion, _ := choice.GenerationInfo["CompletionTokens"].(int)
		if prompt < 10 || completion < 2 || choice.GenerationInfo["TotalTokens"] != prompt+completion {
			t.Errorf("got %v", choice.GenerationInfo)
		}
	}
}

func streams(t *testing.T, client *ollama.Client) {
	var chunks []string
	resp, err := client.GenerateContent(t.Context(), human("Count from one to five in words."), llms.WithMaxTokens(40),
		llms.WithStreamingFunc(func(_ context.Context, chunk []byte) error {
			chunks = append(chunks, string(chunk))
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	if len(chunks) < 5 || strings.Join(chunks, "") != resp.Choices[0].Content {
		t.Errorf("streamed %q, answered %q", chunks, resp.Choices[0].Content)
	}
}

func cutShort(t *testing.T, client *ollama.Client) {
	resp, err := client.GenerateContent(t.Context(), human("Tell me a long story."), llms.WithMaxTokens(5))
	if err != nil {
		t.Fatal(err)
	}
	if c := resp.Choices[0]; c.StopReason != "length" || c.GenerationInfo["CompletionTokens"] != 5 {
		t.Errorf("got %q: %v", c.Content, c.GenerationInfo)
	}
}

func stopWord(t *testing.T, client *ollama.Client) {
	messages := append(human("Count from one to five in words."), llms.TextParts(llms.ChatMessageTypeAI, "one, two,"))
	resp, err := client.GenerateContent(t.Context(), messages, llms.WithMaxTokens(20), llms.WithStopWords([]string{"five"}))
	if err != nil {
		t.Fatal(err)
	}
	if c := resp.Choices[0]; c.StopReason != "stop" || !strings.Contains(c.Content, "three") || strings.Contains(c.Content, "five") {
		t.Errorf("got %q, stopped by %q", c.Content, c.StopReason)
	}
}

func answersBySchema(t *testing.T, client *ollama.Client) {
	schema := json.RawMessage(`{"type":"object","properties":{
		"reason":{"type":"string","maxLength":80},"capital":{"type":"string","enum":["Seoul","Busan"]},"sure":{"type":"boolean"}},
		"required":["reason","capital","sure"],"additionalProperties":false}`)
	resp, err := client.GenerateContent(t.Context(), human("What is the capital of South Korea?"), llms.WithMaxTokens(120),
		llms.WithMetadata(map[string]any{"json_schema": schema}))
	if err != nil {
		t.Fatal(err)
	}
	content := resp.Choices[0].Content
	answer := object(t, []byte(content))
	if answer["capital"] != "Seoul" || answer["sure"] == nil {
		t.Errorf("got %s", content)
	}
	if strings.Index(content, "reason") > strings.Index(content, "capital") {
		t.Errorf("the order of the schema is lost: %s", content)
	}
}

// likelihood adds up the probabilities of the ways to write a word.
func likelihood(probs map[string]float64, words ...string) float64 {
	var sum float64
	for token, p := range probs {
		for _, word := range words {
			if strings.EqualFold(strings.TrimSpace(token), word) {
				sum += p
			}
		}
	}
	return sum
}

func nextToken(t *testing.T, client *ollama.Client, messages []llms.MessageContent) map[string]float64 {
	t.Helper()
	probs, promptTokens, err := client.NextToken(t.Context(), messages)
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for token, p := range probs {
		if sum += p; p < 0 || p > 1 {
			t.Errorf("P(%q) = %g", token, p)
		}
	}
	if len(probs) < 10 || len(probs) > 20 || sum > 1.0001 || promptTokens < 10 {
		t.Errorf("%d tokens add up to %g, prompt of %d", len(probs), sum, promptTokens)
	}
	return probs
}

func nextTokenEnglish(t *testing.T, client *ollama.Client) {
	ask := func(question string) float64 {
		messages := append(human(question+" Answer yes or no."), llms.TextParts(llms.ChatMessageTypeAI, "Answer:"))
		probs := nextToken(t, client, messages)
		yes, no := likelihood(probs, "yes"), likelihood(probs, "no")
		if yes+no < 0.8 {
			t.Errorf("%s P(yes) = %g, P(no) = %g: the prefill is not continued", question, yes, no)
		}
		return yes / (yes + no)
	}
	right, wrong := ask("Passage: Paris is the capital of France. Question: What is the capital of France? Does the passage tell?"),
		ask("Passage: Bread is made of flour. Question: What is the capital of France? Does the passage tell?")
	if right < wrong {
		t.Errorf("P(yes) is %g where the passage tells and %g where it does not", right, wrong)
	}
}

func nextTokenKorean(t *testing.T, client *ollama.Client) {
	probs := nextToken(t, client, human("서울은 한국의 수도입니까? 예 또는 아니요로 답하세요."))
	if p := likelihood(probs, "예", "네"); p < 0.5 {
		t.Errorf("P(예 or 네) = %g of %v", p, probs)
	}
}

// The server reports no probabilities when the turn ends; they are read by a second request.
func nextTokenEndsTurn(t *testing.T, client *ollama.Client) {
	probs := nextToken(t, client, append(human("Say hi."), llms.TextParts(llms.ChatMessageTypeAI, "Hello! How can I assist you today?")))
	if p := probs["<|im_end|>"]; p < 0.5 {
		t.Errorf("P(end) = %g of %v", p, probs)
	}
}

func prefill(t *testing.T, client *ollama.Client) {
	if ok, err := client.ContinuesPrefill(t.Context(), ""); err != nil || !ok {
		t.Errorf("got %t, %v", ok, err)
	}
}

func promptTooLong(t *testing.T, client *ollama.Client) {
	long := human(strings.Repeat("word ", 5000))
	_, err := client.GenerateContent(t.Context(), long)
	var tooLong *ollama.ContextError
	if !errors.As(err, &tooLong) || tooLong.ContextTokens != 4096 || tooLong.Model != client.Model() {
		t.Errorf("chat: got %v", err)
	}
	if _, _, err = client.NextToken(t.Context(), long); !errors.As(err, &tooLong) {
		t.Errorf("next token: got %v", err)
	}
}

func modelMissing(t *testing.T, client *ollama.Client) {
	check := func(what string, err error) {
		var missing *ollama.ModelMissingError
		if !errors.As(err, &missing) || missing.Model != "nobody/nothing:1b" || !strings.Contains(err.Error(), "`ollama pull nobody/nothing:1b`") {
			t.Errorf("%s: got %v", what, err)
		}
	}
	_, err := client.Call(t.Context(), "Hello", llms.WithModel("nobody/nothing:1b"))
	check("chat", err)
	_, err = client.Embed(t.Context(), "nobody/nothing:1b", []string{"Hello"})
	check("embed", err)
	_, err = client.ContinuesPrefill(t.Context(), "nobody/nothing:1b")
	check("prefill", err)
}

func embeds(t *testing.T, client *ollama.Client) {
	texts := []string{"The cat sleeps on the sofa.", "고양이가 소파에서 잔다.", "The cat sleeps on the sofa."}
	vectors, err := client.EmbedDocuments(t.Context(), texts)
	if err != nil || len(vectors) != 3 {
		t.Fatalf("got %d vectors, %v", len(vectors), err)
	}
	cosine := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	}
	if n := len(vectors[0]); n != 896 {
		t.Errorf("%d dimensions", n)
	}
	if same, other := cosine(vectors[0], vectors[2]), cosine(vectors[0], vectors[1]); math.Abs(same-1) > 1e-3 || other > 0.999 {
		t.Errorf("cosine %g with itself, %g with another", same, other)
	}
}

func lists(t *testing.T, client *ollama.Client) {
	if has, err := client.HasModel(t.Context(), client.Model()); err != nil || !has {
		t.Errorf("got %t, %v", has, err)
	}
	if version, err := client.Version(t.Context()); err != nil || version == "" {
		t.Errorf("got %q, %v", version, err)
	}
	if err := client.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func nextTokenAfter(t *testing.T, client *ollama.Client) {
	for text, want := range map[string]string{
		"The capital of France is": " Paris",
		"대한민국의 수도는":                " 서울",
	} {
		probs, promptTokens, err := client.NextTokenAfter(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		// No template is around the text, so the prompt is as short as it is.
		if probs[want] < 0.05 || promptTokens > 10 {
			t.Errorf("after %q, of %d tokens: %v", text, promptTokens, probs)
		}
		sum := 0.0
		for _, p := range probs {
			sum += p
		}
		if len(probs) < 15 || sum > 1.0001 {
			t.Errorf("%d tokens of probability %g", len(probs), sum)
		}
	}
	if _, _, err := client.NextTokenAfter(t.Context(), ""); err == nil {
		t.Error("no text is gone on from")
	}
}

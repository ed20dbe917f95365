//go:build integration

package conversation_test

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// followUp is a question of a conversation. A complete form of it contains one
// alternative of each group of words, in any order.
type followUp struct {
	history  []string
	question string
	holds    []string // groups; alternatives are separated by |
}

// followUps returns questions that people ask after an answer. The last four of
// each language change the subject and are already complete.
func followUps() []followUp {
	tidegate := []string{"User: Which team owns Tidegate?", "Assistant: Tidegate is owned by the Harbour Team."}
	leave := []string{"User: How many days of annual leave do employees in Seoul get?", "Assistant: Employees in Seoul get 15 days of annual leave."}
	director := []string{"User: Who founded the company?", "Assistant: The company was founded by Sodam Bae in 2013."}
	bristol := []string{"User: When did the Bristol office open?", "Assistant: The Bristol office opened in May 2019."}
	team := []string{"User: Tidegate는 어느 팀이 맡나요?", "Assistant: Tidegate는 하버팀이 맡습니다."}
	days := []string{"User: 서울 직원의 연차는 며칠인가요?", "Assistant: 서울 직원의 연차는 15일입니다."}
	founder := []string{"User: 회사를 세운 사람은 누구인가요?", "Assistant: 회사는 2013년에 배소담이 세웠습니다."}
	busan := []string{"User: 부산 사무실은 언제 열었나요?", "Assistant: 부산 사무실은 2019년 5월에 열었습니다."}
	return []followUp{
		{tidegate, "Who leads it?", []string{"harbour|tidegate", "lead"}},
		{tidegate, "On which floor does that team work?", []string{"harbour|tidegate", "floor"}},
		{tidegate, "And Waymoth?", []string{"waymoth", "own|team"}},
		{leave, "And in Rotterdam?", []string{"rotterdam", "leave", "day"}},
		{leave, "Can they carry them over to the next year?", []string{"leave", "carr", "year"}},
		{leave, "What about sick leave?", []string{"sick"}},
		{director, "Where did he study?", []string{"sodam", "stud"}},
		{director, "When did she leave?", []string{"sodam", "leave|left"}},
		{bristol, "How many people work there?", []string{"bristol", "people|work"}},
		{bristol, "What is its address?", []string{"bristol", "address"}},
		{bristol, "How many characters must a password have?", []string{"password", "character"}},
		{director, "What does the Pebblenet product measure?", []string{"pebblenet", "measure"}},
		{tidegate, "How much may a hotel night in Busan cost?", []string{"hotel", "busan", "cost"}},
		{leave, "Who approves a new vendor?", []string{"approve", "vendor"}},
		{team, "그 팀의 팀장은 누구인가요?", []string{"하버|tidegate", "팀장"}},
		{team, "그 팀은 몇 층에서 일하나요?", []string{"하버|tidegate", "층"}},
		{team, "그럼 Waymoth는요?", []string{"waymoth", "팀|맡"}},
		{days, "그럼 로테르담 직원은요?", []string{"로테르담", "연차"}},
		{days, "다음 해로 이월할 수 있나요?", []string{"연차", "이월"}},
		{days, "병가는 며칠인가요?", []string{"병가", "며칠"}},
		{founder, "그 사람은 언제 회사를 떠났나요?", []string{"배소담", "떠"}},
		{founder, "그분의 직책은 무엇이었나요?", []string{"배소담", "직책"}},
		{busan, "거기에서 몇 명이 일하나요?", []string{"부산", "명"}},
		{busan, "주소는 어떻게 되나요?", []string{"부산", "주소"}},
		{busan, "비밀번호는 최소 몇 자여야 하나요?", []string{"비밀번호", "자"}},
		{founder, "Pebblenet은 무엇을 측정하나요?", []string{"pebblenet", "측정"}},
		{team, "출장 숙박비 한도는 얼마인가요?", []string{"출장", "숙박비", "한도"}},
		{days, "새 거래처는 누가 승인하나요?", []string{"거래처", "승인"}},
	}
}

// TestRealStandalone completes the follow-up questions with a real model. It
// reports how many contain what they need, before and after. Every one must be
// in the right language and contain its own names. It asks a third of them, or
// all with SELFRAG_FOLLOWUPS=all (five minutes).
func TestRealStandalone(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	name := cmp.Or(os.Getenv("SELFRAG_MODEL"), "qwen2.5-coder:0.5b")
	model, err := ollama.New(ollama.Config{Model: name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	steps, err := agent.NewSteps(model, nowhere{}, nil, agent.Config{Budget: agent.Budget{Calls: 1000, Tokens: 1_000_000}})
	if err != nil {
		t.Fatal(err)
	}
	before, after := map[string]int{}, map[string]int{}
	total := map[string]int{}
	all := os.Getenv("SELFRAG_FOLLOWUPS") == "all"
	for i, f := range followUps() {
		if !all && i%3 != 0 {
			continue
		}
		complete, err := conversation.Standalone(t.Context(), steps, prompts.Standalone{Question: f.question, History: f.history})
		if err != nil {
			t.Fatal(err)
		}
		language := text.Language(f.question)
		if got := text.Language(complete); got != language {
			t.Errorf("%q became %q, in language %s", f.question, complete, got)
		}
		total[language]++
		mark := "-"
		if f.held(f.question) {
			before[language]++
		}
		if f.held(complete) {
			after[language]++
			mark = "+"
		}
		t.Logf("%s %s -> %s", mark, f.question, complete)
	}
	for _, language := range prompts.Languages() {
		t.Logf("%s, %s: of %d follow-ups %d are complete as asked, %d after the step", name, language, total[language], before[language], after[language])
		if after[language] <= before[language] {
			t.Errorf("%s: the step does next to nothing", language)
		}
	}
}

func (f followUp) held(text string) bool {
	text = strings.ToLower(text)
	for _, group := range f.holds {
		if !slices.ContainsFunc(strings.Split(group, "|"), func(word string) bool { return strings.Contains(text, word) }) {
			return false
		}
	}
	return true
}

// nowhere is a retriever for steps that do not search.
type nowhere struct{}

func (nowhere) Search(context.Context, string) (retrieval.Result, error) {
	return retrieval.Result{}, nil
}

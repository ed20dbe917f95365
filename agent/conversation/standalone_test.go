package conversation

import (
	"strings"
	"testing"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

func TestStandaloneIsCheckedByCode(t *testing.T) {
	english := []string{"User: Which team owns Tidegate?", "Assistant: Tidegate is owned by the Harbour Team of 12 people."}
	korean := []string{"User: Tidegate는 어느 팀이 맡나요?", "Assistant: Tidegate는 하버팀이 맡습니다."}
	for _, tc := range []struct {
		name     string
		history  []string
		question string
		model    string
		want     string // "" for the question as it is, "()" for it behind what was said last
	}{
		{"resolved", english, "Who leads it?", "Who leads the Harbour Team?", "Who leads the Harbour Team?"},
		{"quotes and more lines", english, "Who leads it?", "\"Who leads the Harbour Team?\"\nBecause it is meant.", "Who leads the Harbour Team?"},
		{"Korean", korean, "그 팀의 팀장은 누구인가요?", "하버팀의 팀장은 누구인가요?", "하버팀의 팀장은 누구인가요?"},
		{"Korean that only points", korean, "그건 왜요?", "Tidegate는 왜 하버팀이 맡나요?", "Tidegate는 왜 하버팀이 맡나요?"},
		{"a name alone, after Korean", korean, "Waymoth?", "Waymoth는 어느 팀이 맡나요?", "Waymoth는 어느 팀이 맡나요?"},
		{"Korean with Latin names", korean, "Tidegate와 Coldfinch는 누가 거기서 맡나요?", "Tidegate와 Coldfinch는 하버팀에서 누가 맡나요?", "Tidegate와 Coldfinch는 하버팀에서 누가 맡나요?"},
		{"English with a Korean name", []string{"User: Which team does 한지우 lead?", "Assistant: The Harbour Team."}, "Who was in that team before 한지우?",
			"Who was in the Harbour Team before 한지우?", "Who was in the Harbour Team before 한지우?"},
		{"complete already", english, "How long is parental leave?", "How long is parental leave?", "How long is parental leave?"},
		{"repeats a follow-up", english, "Who leads it?", "Who leads it?", "()"},
		{"repeats a Korean follow-up", korean, "그 팀의 팀장은 누구인가요?", "그 팀의 팀장은 누구인가요", "()"},
		{"empty for a complete question", english, "How long is parental leave in Korea?", "", ""},
		{"empty for a complete Korean question", korean, "출장 숙박비 한도는 얼마인가요?", "", ""},
		{"empty for one word", english, "Waymoth?", "", "()"},
		{"empty for one Korean word", korean, "Waymoth는요?", "", "()"},
		{"empty", english, "Who leads it?", " \n", "()"},
		{"too long", english, "Who leads it?", "Who leads the Harbour Team " + strings.Repeat("of Tidegate ", 30) + "?", "()"},
		{"Korean for English", english, "Who leads it?", "하버팀의 팀장은 누구인가요?", "()"},
		{"English for Korean", korean, "그 팀의 팀장은 누구인가요?", "Who leads Tidegate?", "()"},
		{"a name from the examples", english, "Who leads it?", "Who leads Norvale Lighting?", "()"},
		{"a Korean name from the examples", korean, "그 팀의 팀장은 누구인가요?", "노르베일 조명의 본사는 어디에 있나요?", "()"},
		{"a number that nobody said", english, "Who leads it?", "Who leads the Harbour Team of 14 people?", "()"},
		{"loses a number", english, "Who led it in 2019?", "Who led the Harbour Team?", "()"},
		{"loses a name", english, "And what of Waymoth?", "Which team owns Tidegate?", "()"},
		{"drops everything", english, "Does parental leave include weekends?", "Which team owns Tidegate?", ""},
		{"answers in Korean", korean, "그 팀의 팀장은 누구인가요?", "그 팀의 팀장은 하버팀입니다.", "()"},
		{"misspells and adds nothing", korean, "그럼 로테르담은요?", "그럼 로그테르담은요?", "()"},
		{"answers", english, "Where do they work?", "They work on the fourth floor of a building by the sea.", "()"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Standalone(t.Context(), writes{tc.model}, prompts.Standalone{Question: tc.question, History: tc.history})
			if err != nil {
				t.Fatal(err)
			}
			want := tc.want
			switch want {
			case "":
				want = tc.question
			case "()":
				want = "Tidegate is owned by the Harbour Team of 12 people. " + tc.question
				if &tc.history[0] == &korean[0] {
					want = "Tidegate는 어느 팀이 맡나요? Tidegate는 하버팀이 맡습니다. " + tc.question
				}
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestSummarizeIsCheckedByCode(t *testing.T) {
	turns := []string{"User: Which team owns Tidegate?", "Assistant: The Harbour Team (하버팀).", "User: On which floor?", "Assistant: On floor 4."}
	for _, tc := range []struct{ name, model, want string }{
		{"kept", "The Harbour Team owns Tidegate. It works on floor 4.", "The Harbour Team owns Tidegate. It works on floor 4."},
		{"a name and a number that nobody said", "The Harbour Team owns Tidegate. It is led by Ana Ruiz. It has 12 people.", "The Harbour Team owns Tidegate."},
		{"silent", "", "On which floor? Which team owns Tidegate? Earlier notes."},
		{"a Korean name in English", "The Harbour Team (하버팀) owns Tidegate.", "The Harbour Team (하버팀) owns Tidegate."},
		{"Korean for English", "하버팀이 맡습니다.", "On which floor? Which team owns Tidegate? Earlier notes."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := Summarize(t.Context(), writes{tc.model}, prompts.Summarize{Summary: "Earlier notes.", Turns: turns})
			if err != nil || got != tc.want {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

func TestPointsBack(t *testing.T) {
	for question, want := range map[string]bool{
		"Who leads it?": true, "Where did he study?": true, "And in Rotterdam?": true, "What about sick leave?": true, "Why?": true,
		"On which floor does that team work?": true, "Who leads that team?": true, "What is that?": true, "How many people work there?": true, "Who?": true, "Rotterdam?": true,
		"Who leads the team that owns Tidegate?": false, "How many floors are there in Bristol?": false, "Isn't there a limit for hotels?": false,
		"How long is parental leave?": false, "What does the Pebblenet product measure?": false,
		"그 팀의 팀장은 누구인가요?": true, "거기에서 몇 명이 일하나요?": true, "그럼 부산은요?": true, "왜요?": true, "그분은 누구인가요?": true,
		"출장 숙박비 한도는 얼마인가요?": false, "그해에 쓰지 못한 연차는 며칠까지 이월되나요?": false, "Tidegate의 팀장은 누구인가요?": false,
	} {
		if got := pointsBack(question); got != want {
			t.Errorf("%q: %v, want %v", question, got, want)
		}
	}
}

func TestLanguageOfFollowUps(t *testing.T) {
	english, korean := []string{"User: Who leads it?", "Assistant: 한지우."}, []string{"User: Tidegate는 누가 맡나요?", "Assistant: Harbour Team."}
	for _, tc := range []struct {
		question string
		history  []string
		want     string
	}{
		{"Who was in that team before 한지우?", english, "en"},
		{"Tidegate와 Coldfinch는 누가 맡나요?", english, "ko"},
		{"한지우?", english, "ko"},
		{"Waymoth?", korean, "ko"},
		{"Waymoth?", english, "en"},
		{"And in Rotterdam?", korean, "en"},
	} {
		if got := text.Language(languageSource(prompts.Standalone{Question: tc.question, History: tc.history})); got != tc.want {
			t.Errorf("%q: got %s, want %s", tc.question, got, tc.want)
		}
	}
}

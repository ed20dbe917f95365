package conversation

import (
	"testing"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

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

package questions

import "testing"

func TestCheckText(t *testing.T) {
	english := candidate{line: "Claims must be sent in within 30 days after the end of the journey.", answer: "30 days", unit: "day"}
	korean := candidate{line: "쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.", answer: "5일", unit: "day"}
	flight := candidate{line: "Business class is allowed when a flight takes longer than 10 hours.", answer: "10 hours", unit: "hour"}
	office := candidate{line: "The office opened in May 2022, three months after the takeover.", answer: "three months", unit: "month"}
	task := candidate{line: "과제는 72시간 안에 제출하시면 됩니다.", answer: "72시간", unit: "hour"}
	lunch := candidate{line: "매월 마지막 수요일에는 옥상에서 함께 점심을 먹습니다.", answer: "수요일", unit: "weekday"}
	for _, tc := range []struct {
		question string
		of       candidate
		written  bool
		want     Reason
	}{
		{"How many days may pass before an expense claim is sent?", english, true, ""},
		{"Within how many days must claims be sent in after the end of the journey?", english, false, ""},
		{"Within how many days must claims be sent in after the end of the journey?", english, true, CopiesText},
		{"Must claims be sent in within 30 days?", english, true, TellsAnswer},
		{"Who sends the claims of a journey?", english, true, OtherKind},
		{"How many days does the sentence give for claims?", english, true, Unwritten},
		{"How many days may pass before an expense claim is sent", english, true, Unwritten},
		{"출장비는 며칠 안에 청구해야 하나요?", english, true, Unwritten}, // another language
		{"남은 연차는 다음 해로 며칠까지 넘길 수 있나요?", korean, true, ""},
		{"남은 연차는 5일까지 넘길 수 있나요?", korean, true, TellsAnswer},
		{"남은 연차를 넘겨 주는 사람은 누구인가요?", korean, true, OtherKind},
		{"문장에 따르면 연차는 며칠까지 넘길 수 있나요?", korean, true, Unwritten},
		{"쓰지 못한 연차는 최대 며칠까지 다음 해로 이월할 수 있나요?", korean, true, CopiesText},
		{"쓰지 못한 연차는 최대 며칠까지 다음 해로 이월할 수 있나요?", korean, false, ""},
		{"How long are claims sent in after a journey?", english, true, OtherLimit},
		{"남은 연차는 며칠까지 넘길 수 있습니다?", korean, true, Unwritten},
		{"남은 연차는 며칠까지 넘길 수 있는지 알려 주세요?", korean, true, Unwritten},
		{"How long may a flight in business class be?", flight, true, ""},
		{"How long is a flight in business class?", flight, true, OtherLimit},
		{"How long did it take for the office to open?", office, true, OtherLimit},
		{"How long after the takeover did the office open?", office, true, ""},
		{"과제를 내는 데에는 몇 시간이 걸리나요?", task, true, OtherLimit},
		{"과제는 몇 시간 안에 내야 하나요?", task, true, ""},
		{"옥상에서는 몇 월에 점심을 먹나요?", lunch, true, OtherKind},
		{"옥상에서는 무슨 요일에 점심을 먹나요?", lunch, true, ""},
		{"옥상에서는 언제 점심을 먹나요?", lunch, true, ""},
	} {
		if got := checkText(tc.question, tc.of, tc.written); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.question, got, tc.want)
		}
	}
}

func TestRepeats(t *testing.T) {
	made := []Question{{Text: "How many days may pass before a claim is sent?"}, {Text: "연차는 며칠까지 이월할 수 있나요?"}}
	for question, want := range map[string]bool{
		"How many days may pass before the claim is sent?": true,
		"How much is the allowance for a full day?":        false,
		"연차는 최대 며칠까지 이월할 수 있나요?":                           true,
		"안식휴가는 몇 주 동안 쓸 수 있나요?":                            false,
	} {
		if got := repeats(question, made); got != want {
			t.Errorf("%q: got %v", question, got)
		}
	}
}

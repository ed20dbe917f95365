package claim

import "testing"

func TestWordForWord(t *testing.T) {
	for _, tc := range []struct {
		claimed, sentence, above string
		want                     bool
	}{
		{"Passwords must have at least 14 characters.", "Passwords must have at least 14 characters and are never reused.", "", false}, // "never" refers to something else, so the model is asked
		{"Passwords must have at least 14 characters.", "Passwords must have at least 14 characters.", "", true},
		{"The cafeteria of the Busan Office opens at noon.", "The cafeteria opens at noon.", "The Busan Office", true},
		{"The cafeteria of the Seoul Office opens at noon.", "The cafeteria opens at noon.", "The Busan Office", false},
		{"Passwords must have at least 12 characters.", "Passwords must have at least 14 characters.", "", false},
		{"Visitors may not park here.", "Visitors may park here.", "", false},
		{"Visitors may park here.", "Visitors may park here only on Sundays.", "", false},
		{"The bridge was opened in 1931.", "The mayor of the town was Ana Ruiz in 1931.", "", false},
		{"그해에 쓰지 못한 연차는 최대 5일까지 이월할 수 있습니다.", "그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.", "", true},
		{"연차는 5일까지 이월할 수 있습니다.", "쓰지 못한 연차는 이월할 수 없습니다.", "", false},
		{"재택근무는 일주일에 3일까지 할 수 있습니다.", "재택근무는 일주일에 3일까지 하실 수 있습니다.", "", true},
		{"재택근무는 일주일에 2일까지 할 수 있습니다.", "재택근무는 일주일에 3일까지 하실 수 있습니다.", "", false},
		{"", "Passwords.", "", false},
	} {
		if got := WordForWord(tc.claimed, tc.sentence, tc.above); got != tc.want {
			t.Errorf("%q in %q below %q: got %t", tc.claimed, tc.sentence, tc.above, got)
		}
	}
}

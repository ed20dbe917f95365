package text

import "testing"

func TestStem(t *testing.T) {
	for _, group := range [][]string{
		{"open", "opens", "opened", "opening"},
		{"move", "moves", "moved", "moving"},
		{"plan", "plans", "planned", "planning"},
		{"carry", "carries", "carried"},
		{"box", "boxes"},
		{"class", "classes"},
		{"pass", "passes", "passed", "passing"},
		{"rename", "renamed"},
		{"fee", "fees"},
		{"bus"}, {"address"}, {"analysis"}, {"king"}, {"연차"}, {"h2o"}, {"ing"}, {"red"},
	} {
		for _, w := range group[1:] {
			if got, want := Stem(w), Stem(group[0]); got != want {
				t.Errorf("%s is cut to %q, %s to %q", w, got, group[0], want)
			}
		}
	}
	for _, w := range []string{"bus", "address", "analysis", "king", "연차", "h2o", "ing", "red", "bonus"} {
		if got := Stem(w); got != w {
			t.Errorf("%s is cut to %q", w, got)
		}
	}
}

func TestAskingFor(t *testing.T) {
	for _, tt := range []struct {
		question string
		kind     Kind
		without  string
		clauses  int
		links    int
	}{
		{"How many days of leave may be carried over?", NumberKind, "days of leave carried over", 0, 1},
		{"Who leads the team that owns Tidegate?", PersonKind, "leads the team that owns Tidegate", 1, 0},
		{"When was the Bristol office opened?", DateKind, "the Bristol office opened", 0, 0},
		{"In which city was it founded?", PlaceKind, "In city it founded", 0, 0},
		{"How much does lunch cost?", MoneyKind, "lunch cost", 0, 0},
		{"What is the monthly price per dock of Tidegate?", MoneyKind, "the monthly price per dock of Tidegate", 0, 1},
		{"Why was the desk moved?", ReasonKind, "the desk moved", 0, 0},
		{"What does Waymoth do?", AnyKind, "Waymoth", 0, 0},
		{"연차는 며칠까지 이월할 수 있나요?", NumberKind, "연차는 이월할", 0, 0},
		{"콜드핀치를 담당하는 팀의 팀장은 누구인가요?", PersonKind, "콜드핀치를 담당하는 팀의 팀장은", 1, 1},
		{"계약은 언제 끝나나요?", DateKind, "계약은 끝나", 0, 0},
		{"교육비는 얼마까지 지원되나요?", MoneyKind, "교육비는 지원", 0, 0},
		{"현재 한 주에 몇 번 갱신하나요?", NumberKind, "한 주에 번 갱신", 0, 0},
		{"왜 옮겼습니까?", ReasonKind, "옮겼", 0, 0},
		{"본사는 어디에 있나요?", PlaceKind, "본사는", 0, 0},
		{"", AnyKind, "", 0, 0},
	} {
		if got := AsksFor(tt.question); got != tt.kind {
			t.Errorf("%s: it asks for %q, want %q", tt.question, got, tt.kind)
		}
		if got := WithoutAsking(tt.question); got != tt.without {
			t.Errorf("%s: without asking it is %q, want %q", tt.question, got, tt.without)
		}
		if clauses, links := Clauses(tt.question); clauses != tt.clauses || links != tt.links {
			t.Errorf("%s: it has %d clauses and %d links, want %d and %d", tt.question, clauses, links, tt.clauses, tt.links)
		}
	}
}

func TestHoldsKind(t *testing.T) {
	for _, tt := range []struct {
		question, sentence, above string
		want                      float64
	}{
		{"How many days may be carried over?", "At most 5 days may be carried over.", "", 1},
		{"How many days may be carried over?", "At most 30 working days.", "", 1},
		{"How many days may be carried over?", "It costs 5 euros.", "", 0.25},
		{"How many days may be carried over?", "Ask your lead.", "", 0},
		{"How many days may be carried over?", "| Leave | 15 |", "Kind Days", 1},
		{"Within 2 weeks, how many times?", "It happens in 2 weeks.", "", 0},
		{"며칠까지 이월할 수 있나요?", "최대 5일까지 이월할 수 있습니다.", "", 1},
		{"며칠까지 빌릴 수 있나요?", "한 번에 최대 4박까지 빌릴 수 있다.", "", 1},
		{"며칠까지 빌릴 수 있나요?", "한 번에 세 상자까지 빌릴 수 있다.", "", 0.25},
		{"몇 분마다 갱신하나요?", "Charts refresh every 5 minutes.", "", 1},
		{"How many minutes?", "5분마다 새로 고칩니다.", "", 1},
		{"몇 명을 뽑나요?", "가을에 한 번 뽑습니다.", "", 0.25},
		{"How much is lunch?", "Lunch costs 8,000 won.", "", 1},
		{"점심은 얼마인가요?", "점심은 8천 원입니다.", "", 1},
		{"How much is lunch?", "Lunch begins at 12.", "", 0},
		{"When did it open?", "It opened on 3 March.", "", 1},
		{"언제 출시되었나요?", "2023년 4월 17일에 출시되었습니다.", "", 1},
		{"When did it open in 2022?", "It opened in 2022.", "", 0},
		{"Who leads Platform?", "Platform is led by Haram Joo.", "", 1},
		{"Who leads Platform?", "Platform is led by others.", "", 0},
		{"누가 이끄나요?", "윤세라 대표가 이끕니다.", "", 1},
		{"누가 이끄나요?", "모두 함께 이끕니다.", "", 0.5},
		{"Why?", "Because it rained.", "", 1},
		{"왜 그런가요?", "비가 왔기 때문입니다.", "", 1},
		{"What is it?", "It is a gate.", "", 0.5},
	} {
		if got := HoldsKind(tt.question, tt.sentence, tt.above); got != tt.want {
			t.Errorf("%s / %s: got %g, want %g", tt.question, tt.sentence, got, tt.want)
		}
	}
}

// No text may make these functions fail.
func FuzzQuestion(f *testing.F) {
	f.Add("How many days?", "몇 명? 5일")
	f.Add("몇", "")
	f.Fuzz(func(t *testing.T, question, sentence string) {
		if v := HoldsKind(question, sentence, sentence); v < 0 || v > 1 {
			t.Errorf("HoldsKind is %g", v)
		}
		WithoutAsking(question)
		Clauses(question)
		Stem(sentence)
	})
}

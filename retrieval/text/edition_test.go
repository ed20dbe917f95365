package text

import "testing"

func TestEdition(t *testing.T) {
	for _, tt := range []struct {
		title, work string
		year        int
	}{
		{"Travel and Expenses Policy (2021)", "travel and expenses policy", 2021},
		{"재택근무 운영 기준 (2025년 개정)", "재택근무 운영 기준", 2025},
		{"2024년 운항 시간표", "운항 시간표", 2024},
		{"Report 2019 [2021 edition]", "report", 2021},
		{"Tidegate", "tidegate", 0},
		{"ISO 27001", "iso 27001", 0},
		{"(2021)", "", 2021},
		{"", "", 0},
	} {
		if work, year := Edition(tt.title); work != tt.work || year != tt.year {
			t.Errorf("%s: got %q of %d, want %q of %d", tt.title, work, year, tt.work, tt.year)
		}
	}
}

func TestCurrentEdition(t *testing.T) {
	for _, tt := range []struct {
		years []int
		asked int
		want  int
	}{
		{[]int{2021, 2025}, 0, 2025},
		{[]int{2025, 2021}, 2023, 2021},
		{[]int{2021, 2025}, 2025, 2025},
		{[]int{2021, 2025}, 2019, 2025},
		{nil, 2019, 0},
	} {
		if got := CurrentEdition(tt.years, tt.asked); got != tt.want {
			t.Errorf("of %v in %d: got %d, want %d", tt.years, tt.asked, got, tt.want)
		}
	}
}

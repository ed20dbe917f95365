package llm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestParseOrder(t *testing.T) {
	for _, tc := range []struct {
		answer string
		n      int
		want   []int // as the model counts, from 1
		named  int
	}{
		{"[2] > [1] > [3]", 3, []int{2, 1, 3}, 3},
		{"[2]>[1]>[3]", 3, []int{2, 1, 3}, 3},
		{"[3] > [1]", 4, []int{3, 1, 2, 4}, 2},
		{"[2] > [2] > [1] > [2]", 3, []int{2, 1, 3}, 2},
		{"[9] > [2] > [0] > [1] > [-1]", 3, []int{2, 1, 3}, 2},
		{"[99999999999999999999999] > [3]", 3, []int{3, 1, 2}, 1},
		{"Sure! Here is the order:\n1. [3]\n2. [1]\n3. [2]", 3, []int{3, 1, 2}, 3},
		{"[3, 1, 2]", 3, []int{3, 1, 2}, 3},
		{"[3 > 1 > 2]", 3, []int{3, 1, 2}, 3},
		{"[ 3 ] > [ 1 ]", 3, []int{3, 1, 2}, 2},
		{"［3］ > 【1】", 3, []int{3, 1, 2}, 2},
		{"답: [2] > [1]입니다.", 2, []int{2, 1}, 2},
		{"3 > 1 > 2", 3, []int{3, 1, 2}, 3},
		{"3, 1, 2.", 3, []int{3, 1, 2}, 3},
		{"3\n1\n2\n", 3, []int{3, 1, 2}, 3},
		{"<think>Perhaps [1] > [2]?</think>\n[2] > [1]", 2, []int{2, 1}, 2},
		{"[10] > [2", 10, []int{10, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1},
		// Numbers in prose are not an order.
		{"In 2023 the 2 teams played 3 games.", 3, []int{1, 2, 3}, 0},
		{"[a] > [b] > [c]", 3, []int{1, 2, 3}, 0},
		{"I cannot order these passages.", 2, []int{1, 2}, 0},
		{"", 2, []int{1, 2}, 0},
		{"[1]", 0, nil, 0},
	} {
		order, named := parseOrder(tc.answer, tc.n)
		var got []int
		for _, i := range order {
			got = append(got, i+1)
		}
		if !slices.Equal(got, tc.want) || named != tc.named {
			t.Errorf("%q of %d: got %v, %d named; want %v, %d", tc.answer, tc.n, got, named, tc.want, tc.named)
		}
	}
}

func FuzzParseOrder(f *testing.F) {
	for _, seed := range []string{"[2] > [1]", "3, 1 2", "[1,2,3]", "【2】 > ［1］", "</think>[1]", "<think>[2]", "[[[1]]]", "[２]", "\xff[1]"} {
		f.Add(seed, uint8(3))
	}
	f.Fuzz(func(t *testing.T, answer string, count uint8) {
		n := int(count)
		order, named := parseOrder(answer, n)
		if named < 0 || named > n || len(order) != n {
			t.Fatalf("%d named, %d in order, of %d", named, len(order), n)
		}
		if !slices.IsSorted(order[named:]) {
			t.Fatalf("those not named changed their order: %v after %d", order, named)
		}
		sorted := slices.Sorted(slices.Values(order))
		for i, place := range sorted {
			if place != i {
				t.Fatalf("%v is no order of %d", order, n)
			}
		}
		// A well-formed order is read as it is written.
		written := make([]string, n)
		for i, place := range order {
			written[i] = fmt.Sprintf("[%d]", place+1)
		}
		again, all := parseOrder(strings.Join(written, " > "), n)
		if all != n || !slices.Equal(again, order) {
			t.Fatalf("%v was read back as %v, %d named", order, again, all)
		}
	})
}

func TestTokensAndBeginning(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a": 1, "abc": 1, "abcd": 2, "한": 2, "한글": 3, "한글ab": 4, "\xff\xff": 3} {
		if got := tokens(text); got != want {
			t.Errorf("tokens(%q) is %d, want %d", text, got, want)
		}
	}
	for _, tc := range []struct {
		text string
		most int
		want string
	}{
		{"abcdef", 1, "abc"},
		{"abcdef", 2, "abcdef"},
		{"abcdef", 0, ""},
		{"한글입니다", 3, "한글"},
		{"", 5, ""},
	} {
		if got := beginning(tc.text, tc.most); got != tc.want {
			t.Errorf("the first %d tokens of %q are %q, want %q", tc.most, tc.text, got, tc.want)
		}
	}
}

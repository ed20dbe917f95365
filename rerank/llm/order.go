package llm

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	// bracketed matches [3], [3, 1] or [3 > 1], in any of the brackets that
	// models use.
	bracketed = regexp.MustCompile(`[\[［【]([\d\s,;>]+)[\]］】]`)
	// bare matches an answer of only numbers and separators, such as 3 > 1 > 2.
	bare    = regexp.MustCompile(`^[\d\s,;>.=-]+$`)
	integer = regexp.MustCompile(`\d+`)
)

// parseOrder parses the order that a model gave to n passages, numbered from 1.
// order holds each index from 0 once. If a number is repeated, the first one
// counts; unknown numbers are dropped; passages that were not named follow in
// their original order. Thoughts before the answer are ignored. named is the
// number of passages that were named. It is 0 if the text holds no order, and
// order is then the original one.
func parseOrder(answer string, n int) (order []int, named int) {
	if i := strings.LastIndex(answer, "</think>"); i >= 0 {
		answer = answer[i+len("</think>"):]
	}
	answer = strings.TrimSpace(answer)
	var numbers []string
	for _, group := range bracketed.FindAllStringSubmatch(answer, -1) {
		numbers = append(numbers, integer.FindAllString(group[1], -1)...)
	}
	if numbers == nil && bare.MatchString(answer) {
		numbers = integer.FindAllString(answer, -1)
	}
	order = make([]int, 0, n)
	seen := make([]bool, n)
	for _, number := range numbers {
		i, err := strconv.Atoi(number)
		if err != nil || i < 1 || i > n || seen[i-1] {
			continue
		}
		seen[i-1] = true
		order = append(order, i-1)
	}
	named = len(order)
	for i := range n {
		if !seen[i] {
			order = append(order, i)
		}
	}
	return order, named
}

package siteview

import (
	"context"

	"lectern/app/lang"
	"lectern/views"
)

// cardSizes is how wide the picture of a card stands: the page's width on a phone, a third of it where there is room.
const cardSizes = "(min-width: 760px) 360px, 100vw"

func price(ctx context.Context, m lang.Money) string {
	if m.Amount == 0 {
		return views.T(ctx, "course.free")
	}
	return views.Money(ctx, m)
}

func (m CoursesPage) levelOptions(ctx context.Context) []views.Option {
	all := []views.Option{{Value: "", Label: views.T(ctx, "courses.level.all")}}
	for _, l := range m.Levels {
		all = append(all, views.Option{Value: l, Label: views.T(ctx, "level."+l)})
	}
	return all
}

func (m CoursesPage) sortOptions(ctx context.Context) []views.Option {
	all := []views.Option{{Value: "", Label: views.T(ctx, "courses.sort.default")}}
	for _, s := range m.Sorts {
		all = append(all, views.Option{Value: s, Label: views.T(ctx, "courses.sort."+s)})
	}
	return all
}

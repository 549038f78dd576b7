package siteview

import (
	"context"

	"lectern/views"
)

func applyLabels(ctx context.Context) map[string]string {
	labels := personLabels(ctx, "person.password")
	labels["cover_letter"] = views.T(ctx, "internship.letter")
	return labels
}

"""What the organiser of a rating campaign needs: who has done what, how well, and where raters disagree."""

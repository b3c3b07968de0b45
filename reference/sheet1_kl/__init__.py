"""Sheet 1, KL divergence and the ELBO: what the judge compares the students' functions with."""

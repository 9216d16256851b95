"""
A made-up community, drawn from a seed: no place, firm, person or figure in it is real.

Modelled on a community of 59 buildings beside a railway station with a pedestrian street.
Module by module: `ground` says where it lies, `ways` what is walked on and what stands in the
way, `houses` and `housing` the buildings, `people` who lives there, `posts` what was set up
against the epidemic, `trade` the premises, `reports` what they reported, `community` all of it.
"""

from reference.sheet5_gan.networks.alternatives import *  # noqa: F403
